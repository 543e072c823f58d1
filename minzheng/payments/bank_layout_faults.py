"""What is said of a bank layout that cannot be used: fault → cause (zh, en), remedy (zh, en)."""

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "yaml": ("不是有效的 YAML（{detail}）", "not valid YAML ({detail})", "请改正这一处", "Correct this place"),
    "empty": (
        "没有内容", "it is empty",
        "请从 policies/bank/one_card.yaml 复制一份再改", "Begin with a copy of policies/bank/one_card.yaml",
    ),
    "no_keys": (
        "应当是键和值", "should be keys with values", "可用的键：{known}", "The keys are: {known}",
    ),
    "unknown_key": ("这个键不认识", "is no key here", "可用的键：{known}", "The keys are: {known}"),
    "missing": ("没有写", "is missing", "请补上", "Add it"),
    "not_known": ("“{value}”不认识", "“{value}” is not known", "可以写：{known}", "It may be: {known}"),
    "byte_order_mark": (
        "utf-8-sig 在文件开头多出三个字节", "utf-8-sig puts three bytes before the first record",
        "请改为 utf-8", "Write utf-8",
    ),
    "delimiter": ("应当是一个字符", "should be one character", '例如 "," 或 "|"', 'For example "," or "|"'),
    "sheet": (
        "“{value}”不能作工作表名", "“{value}” is no name that Excel takes for a sheet",
        "1 至 31 个字，不含 [ ] : * ? / \\", "1 to 31 characters, none of [ ] : * ? / \\",
    ),
    "file_name": (
        "“{value}”不能作文件名，或者每个文件都同名", "“{value}” is no name of a file, or every file would have it",
        "不含 / \\ : 等符号，并写上 {{sequence}} 或 {{number}}",
        "Leave out / \\ : and the like, and use {{sequence}} or {{number}}",
    ),
    "field": (
        "“{value}”里的 {{{name}}} 不认识", "“{value}” uses {{{name}}}, which is not known",
        "可以用：{known}", "It may use: {known}",
    ),
    "encoding": (
        "“{value}”有 {encoding} 没有的字", "“{value}” has a character that {encoding} lacks",
        "请换一个字，或改用 gb18030", "Use another character, or gb18030",
    ),
    "control": ("有控制字符", "has a control character", "请删去", "Remove it"),
    "no_lines": (
        "应当是行的清单，每行又是清单", "should be a list of lines, each of them a list",
        '例如 - [合计, "{{count}}", "{{total}}"]', 'For example - [total, "{{count}}", "{{total}}"]',
    ),
    "no_columns": (
        "应当是列的清单", "should be a list of columns",
        "每列一行，例如 - {{title: 序号, value: line}}", "A line for each, for example - {{title: No., value: line}}",
    ),
    "no_list": ("应当是清单", "should be a list", "例如 [序号]", "For example [No.]"),
    "twice": ("“{value}”出现了两次", "“{value}” stands there twice", "请删去其中一列", "Remove one of them"),
    "value_or_text": (
        "要有 value 或 text 之一", "needs either value or text",
        "value 是 {known} 之一，text 是固定的文字", "value is one of {known}; text is always the same",
    ),
    "words": (
        "只用于 programme 和 kind", "goes with programme and kind only", "请删去", "Remove it",
    ),
    "width": (
        "“{value}”不是宽度", "“{value}” is no width",
        "请写 1 至 1000 的整数；定长文件的每个字段都要写，按字节计",
        "Write an integer from 1 to 1000; in a fixed-width file every field has one, in bytes",
    ),
    "pad": ("“{value}”不占一个字节", "“{value}” is not one byte", '请写 " " 或 "0"', 'Write " " or "0"'),
    "pads_number": (
        "“{value}”会改变数字", "“{value}” would change the number",
        '数字用空格补；用 "0" 补的要右对齐（align: right）', 'Pad numbers with " ", or with "0" where align is right',
    ),
    "incomplete": (
        "缺少 {value}", "{value} is missing",
        "请加上 value: {value} 的一列；没有它，银行付不了或者回盘对不上",
        "Add a column with value: {value}; without it the bank cannot pay, or its answer does not fit",
    ),
    "fixed_only": (
        "只用于定长文件", "is for fixed width only", 
        "请写列名：line、reason 等", "Give the titles: line, reason and so on",
    ),
    "lines": ("“{value}”不是行数", "“{value}” is no number of lines", "请写整数", "Write an integer"),
}  # fmt: skip
