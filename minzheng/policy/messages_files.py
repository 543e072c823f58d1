"""Every refusal of a rates file, a worked case or a file of households: as `messages`, which holds them all."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    # ---- rates files
    "rate_twice": (
        "费率 {name} 的这一条与第 {other} 行的地区、城乡、类别、日期都相同。",
        "This entry of the rate {name} has the same area, residence, category and date as line {other}.",
        "请删去其中一条。",
        "Remove one of the two.",
    ),
    "rate_bounds": (
        "费率 {name} 的值 {value} 超出 {low} 到 {high}。",
        "The value {value} of the rate {name} is outside {low} to {high}.",
        "请核对数值；确实需要时，在政策里给它写上 min、max。",
        "Check the value; where it is right, give the rate a min and max in the policy.",
    ),
    "table_rows": (
        "分档表 {name} 的各档没有从低到高排列，或者没有一档。",
        "The rows of the table {name} are not in rising order, or there are none.",
        "请按 from 从低到高排列，各不相同。",
        "Order the rows by from, each different.",
    ),
    "unknown_rate": (
        "没有版本使用费率 {name}。",
        "No version uses the rate {name}.",
        "请检查名称。{hint_zh}",
        "Check the name.{hint_en}",
    ),
    # ---- worked cases and input files
    "case_fact": (
        "政策里没有 {name}。",
        "The policy has no {name}.",
        "请检查名称。{hint_zh}",
        "Check the name.{hint_en}",
    ),
    "csv_encoding": (
        "文件既不是 UTF-8，也不是 GB18030 编码。",
        "The file is neither UTF-8 nor GB18030.",
        "请在 Excel 里另存为“CSV UTF-8”；不是表格的文件不能用。",
        "Save it from Excel as “CSV UTF-8”; a file that is no table cannot be used.",
    ),
    "csv_form": (
        "这一行不是有效的 CSV：{detail}。",
        "This line is not valid CSV: {detail}.",
        "请检查引号是否成对，去掉单元格里的换行和控制字符，单元格不要超过一万个字符。",
        "Close every quote; take line breaks and control characters out of cells; 10,000 characters a cell at most.",
    ),
    "csv_empty": (
        "文件是空的。",
        "The file is empty.",
        "第一行写列名，至少有：{known}。",
        "The first line names the columns, at least: {known}.",
    ),
    "csv_column_twice": (
        "列名 {name} 出现了两次。",
        "The column {name} appears twice.",
        "请删去或改名其中一列。",
        "Remove or rename one of the two.",
    ),
    "csv_no_column": (
        "缺少列 {key}。",
        "The column {key} is missing.",
        "请在第一行补上这个列名。{hint_zh}",
        "Add it to the first line.{hint_en}",
    ),
    "csv_ragged": (
        "这一行有 {found} 个单元格，列名有 {wanted} 个。",
        "The row has {found} cells, the header {wanted}.",
        "请补齐空单元格的逗号；单元格里有逗号的，用双引号括起来。",
        "Write the commas of empty cells too; put a cell that contains a comma into double quotes.",
    ),
    "csv_nameless": (
        "单元格“{value}”所在的列没有列名。",
        "The cell “{value}” stands in a column without a name.",
        "请在第一行补上列名，或删去这一列。",
        "Name the column in the first line, or remove it.",
    ),
    "cell": (
        "{count} 个单元格读不懂：{cells}。",
        "{count} cells cannot be read: {cells}.",
        "金额以元计，写成 1234.50（半角数字，最多两位小数，不写千分位逗号和 1e5）；日期写 2024-05-01，"
        "是否写 true/false，residence 写 urban/rural，area 写区划代码；没有的留空。",
        "Money in yuan as 1234.50 (ASCII digits, at most two decimals, no thousands separators, no 1e5), dates as "
        "2024-05-01, booleans true/false, residence urban/rural, area a division code; leave empty what is unknown.",
    ),
    "id_twice": (
        "编号“{id}”是空的，或者出现了两次。",
        "The id “{id}” is empty or appears twice.",
        "每户一行，编号各不相同。",
        "Give each household one row and an id of its own.",
    ),
    "unknown_id": (
        "没有编号“{id}”。",
        "There is no id “{id}”.",
        "请检查编号（--id）。{hint_zh}",
        "Check the id (--id).{hint_en}",
    ),
    "stranger": (
        "成员所属的户不在 {facts} 里：{ids}。",
        "Members of households that {facts} does not have: {ids}.",
        "请在 {facts} 里补上这些户，或删去这些成员。",
        "Add these households to {facts}, or remove the members.",
    ),
    "not_parquet": (
        "不是可读的 Parquet 文件：{detail}。",
        "This is not a Parquet file that can be read: {detail}.",
        "请重新导出，或改用 .csv 文件。",
        "Export it again, or use a .csv file.",
    ),
    "column_type": (
        "{name} 列的类型是 {type}，读不成 {wanted}。",
        "The column {name} has the type {type}, which cannot be read as {wanted}.",
        "金额用 DECIMAL(14,2)（元）或整数，比率用 DECIMAL，是否用 BOOLEAN，日期用 DATE；也可以用文字。",
        "Use DECIMAL(14,2) (yuan) or integers for money, DECIMAL for rates, BOOLEAN, DATE; or text.",
    ),
    "no_folder": (
        "没有文件夹 {folder}。",
        "There is no folder {folder}.",
        "请先建好它，或换一个位置。",
        "Make it first, or choose another place.",
    ),
    "folder_in_use": (
        "结果文件夹里已有其他文件。",
        "The folder for the results holds files already.",
        "请给一个空文件夹，或写成一个文件（.csv、.parquet）。",
        "Give an empty folder, or a file (.csv, .parquet).",
    ),
    "engine_connection": (
        "连不上数据库：{detail}",
        "The database cannot be reached: {detail}",
        "请检查 --database-url 或环境变量 DATABASE_URL；不用数据库时可改用 --engine python。",
        "Check --database-url or DATABASE_URL; --engine python needs no database.",
    ),
    "spark_missing": (
        "引擎 spark 需要 {what}，本机没有安装。",
        "The engine spark needs {what}, which is not installed here.",
        "请安装 Java 17 并运行 pip install 'minzheng[spark]'；不用集群时可改用 --engine duckdb。",
        "Install Java 17 and run pip install 'minzheng[spark]'; --engine duckdb needs neither.",
    ),
    "spark_failed": (
        "Spark 没有算完：{detail}",
        "Spark did not finish: {detail}",
        "用集群时，输入文件和输出文件夹须是每台机器用同一路径都读写得到的；也可改用 --engine duckdb。",
        "On a cluster every machine has to read the files and write the folder of OUT by the same path; or use"
        " --engine duckdb.",
    ),
    "spark_start": (
        "Spark 没有启动（{master}）：{detail}",
        "Spark does not start ({master}): {detail}",
        "请检查 --master（local[*] 或 spark://主机:端口）和 Java 版本（17 或更高）。",
        "Check --master (local[*] or spark://HOST:PORT) and the version of Java (17 or later).",
    ),
}
