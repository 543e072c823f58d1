"""What a template may say. A template comes from an office and is run, so it may say only this: put a word of the
paper, repeat for rows, show under a condition. Everything else of Jinja is refused before it runs; the time a template
takes is bounded by the rows it is given."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from minzheng.core.errors import Refused, refuse
from minzheng.papers.catalogue import Form, Word

FILTERS = {"大写"}
OF_LOOP = {"index", "first", "last"}
_PLAIN = (nodes.Template, nodes.Output, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not)


@dataclass
class Reader:
    """Reads the parsed parts of one template; `used` collects the words it puts."""

    form: Form
    used: set[str] = field(default_factory=set)

    def check(self, tree: nodes.Template) -> None:
        self._walk(tree, {})

    def _walk(self, node: nodes.Node, rows: Mapping[str, Word]) -> None:
        """`rows` are the words that the loops around a node have named."""
        if isinstance(node, nodes.TemplateData | nodes.Const):
            return
        if isinstance(node, nodes.For):
            self._loop(node, rows)
        elif isinstance(node, nodes.If):
            self._tests.add(id(node.test))
            for child in (node.test, *node.body, *node.elif_, *node.else_):
                self._walk(child, rows)
        elif isinstance(node, nodes.Name | nodes.Getattr):
            word = self._word(node, rows)
            if word is not None and word.kind == "rows" and node.ctx == "load" and not self._asked(node):
                raise _not_a_value(word.name)
        elif isinstance(node, nodes.Filter):
            if node.name not in FILTERS or node.node is None or node.args or node.kwargs:
                raise _not_allowed(f"|{node.name}")
            self._walk(node.node, rows)
        elif isinstance(node, _PLAIN):
            self._mark_tests(node)
            for child in node.iter_child_nodes():
                self._walk(child, rows)
        else:
            raise _not_allowed(type(node).__name__)

    def _loop(self, node: nodes.For, rows: Mapping[str, Word]) -> None:
        if node.test is not None or node.recursive or not isinstance(node.target, nodes.Name):
            raise _not_allowed("for")
        if not isinstance(node.iter, nodes.Name | nodes.Getattr):
            raise _not_allowed("for")
        if rows and isinstance(node.iter, nodes.Name):
            raise refuse(
                "template.loop_in_loop",
                zh="循环“{name}”里面又套了一个循环。",
                en="There is a loop inside the loop “{name}”.",
                remedy_zh="一个循环里只写这一行的内容；另一个清单放在循环外面。",
                remedy_en="Keep one list in a loop; put the other list outside of it.",
                name=next(iter(rows)),
            )
        word = self._word(node.iter, rows)
        if word is None or word.kind != "rows":
            raise refuse(
                "template.no_list",
                zh="“{name}”不是清单，不能循环。",
                en="“{name}” is no list to repeat over.",
                remedy_zh="可以循环的有：{lists}。",
                remedy_en="The lists are: {lists}.",
                name=word.name if word else "loop",
                lists="、".join(one.name for one in self.form.words.values() if one.kind == "rows") or "—",
            )
        inside = {**rows, node.target.name: word}
        for child in node.body:
            self._walk(child, inside)
        for child in node.else_:
            self._walk(child, rows)

    def _word(self, node: nodes.Name | nodes.Getattr, rows: Mapping[str, Word]) -> Word | None:
        """The word that a name stands for; None for `loop.index` and the row itself. Refuses an unknown one."""
        if isinstance(node, nodes.Getattr):
            if not isinstance(node.node, nodes.Name):
                raise _not_allowed(node.attr)
            of = node.node.name
            if of == "loop" and rows:
                if node.attr not in OF_LOOP:
                    raise _unknown(f"loop.{node.attr}", OF_LOOP)
                return None
            if of not in rows:
                raise _unknown(of, self.form.words)
            if node.attr not in rows[of].columns:
                raise _unknown(node.attr, rows[of].columns)
            return rows[of].columns[node.attr]
        if node.name in rows:
            raise _not_a_value(node.name)
        if node.name not in self.form.words:
            raise _unknown(node.name, self.form.words)
        self.used.add(node.name)
        return self.form.words[node.name]

    def _mark_tests(self, node: nodes.Node) -> None:
        """A list may be asked whether it has anything in it (`{% if 家庭成员 %}`), also within and, or, not."""
        if isinstance(node, nodes.And | nodes.Or | nodes.Not):
            for child in node.iter_child_nodes():
                self._tests.add(id(child))

    def _asked(self, node: nodes.Node) -> bool:
        return id(node) in self._tests

    def __post_init__(self) -> None:
        self._tests: set[int] = set()


def _unknown(name: str, known: "Mapping[str, object] | set[str]") -> Refused:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)
    return refuse(
        "template.unknown",
        zh="模板里的“{name}”不是这份文书可用的内容。",
        en="“{name}” in the template is no word of this paper.",
        remedy_zh="最接近的是“{near}”；全部可用的见本页下方的对照表。",
        remedy_en="The nearest is “{near}”; all of them are listed on the page of this paper.",
        name=name,
        near=near[0] if near else "—",
    )


def _not_a_value(name: str) -> Refused:
    return refuse(
        "template.list_as_value",
        zh="“{name}”是清单，不能直接填写。",
        en="“{name}” is a list and cannot be written as it is.",
        remedy_zh="请用循环逐行填写，例如表格里的 {open}tr for 行 in {name} {close}。",
        remedy_en="Repeat over it, as in {open}tr for row in {name} {close}.",
        name=name,
        open="{%",
        close="%}",
    )


def _not_allowed(what: str) -> Refused:
    return refuse(
        "template.not_allowed",
        zh="模板里用了不允许的写法（{what}）。",
        en="The template uses something that is not allowed ({what}).",
        remedy_zh="模板里只能填写内容、按清单循环、按条件显示。写法见本页说明。",
        remedy_en="A template may put a word, repeat over a list and show under a condition, nothing else.",
        what=what,
    )
