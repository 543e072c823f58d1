"""Several papers in one Word file, each beginning on a page of its own, with its own page layout, header and footer.

Where a paper comes from another template than the first, its styles and lists are taken along under names of their own.
docxcompose, made for putting parts into one document, drops the page size, header and footer of what it appends, which
each paper needs here, and takes over four times as long for a hundred papers (3.6 s against 0.85 s).
"""

import copy
import io
from collections.abc import Sequence
from itertools import count
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE as TYPES
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

OF_STYLES = (qn("w:pStyle"), qn("w:rStyle"), qn("w:tblStyle"))
LINKS_OF_STYLE = (qn("w:basedOn"), qn("w:next"), qn("w:link"))
NOTES = ((TYPES.FOOTNOTES, "w:footnote"), (TYPES.ENDNOTES, "w:endnote"))
RELATION = (qn("r:embed"), qn("r:id"), qn("r:link"), qn("r:pict"))


def join(papers: Sequence[bytes]) -> bytes:
    """One file of all of them, in their order."""
    if len(papers) == 1:
        return papers[0]
    whole = Document(io.BytesIO(papers[0]))
    for paper in papers[1:]:
        _append(whole, Document(io.BytesIO(paper)))
    for number, shape in enumerate(whole.element.body.iter(qn("wp:docPr")), 1):
        shape.set("id", str(number))  # Word wants a picture's number once in a file
    buffer = io.BytesIO()
    whole.save(buffer)
    return buffer.getvalue()


def _append(whole: Any, other: Any) -> None:
    _end_section(whole)
    body = other.element.body
    _take_styles(whole, other)
    _take_lists(whole, other)
    _take_notes(whole, other)
    moved: dict[str, str] = {}
    taken = {str(part.partname) for part in whole.part.package.iter_parts()}
    for node in body.iter():
        for name in RELATION:
            if (key := node.get(name)) is not None and key in other.part.rels:
                if key not in moved:
                    moved[key] = _take_part(whole, other.part.rels[key], taken)
                node.set(name, moved[key])
    for child in list(body):
        whole.element.body.append(child)


def _end_section(whole: Any) -> None:
    """What lies in the file so far keeps its layout: the section's properties move into its last paragraph."""
    body = whole.element.body
    section = body.find(qn("w:sectPr"))
    if section is None:
        section = OxmlElement("w:sectPr")
    else:
        body.remove(section)
    last = body[-1] if len(body) and body[-1].tag == qn("w:p") else None
    if last is None or last.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
        last = OxmlElement("w:p")
        body.append(last)
    last.get_or_add_pPr().append(section)


def _take_part(whole: Any, relation: Any, taken: set[str]) -> str:
    """A picture, a header, a link of the other file, under a name that the whole file does not have yet."""
    if relation.is_external:
        return str(whole.part.relate_to(relation.target_ref, relation.reltype, is_external=True))
    _rename(relation.target_part, taken, set())
    return str(whole.part.relate_to(relation.target_part, relation.reltype))


def _rename(part: Any, taken: set[str], seen: set[int]) -> None:
    """A part, and those that it refers to, under names that are free."""
    if id(part) in seen:
        return
    seen.add(id(part))
    stem, _, ending = str(part.partname).rpartition(".")
    part.partname = PackURI(next(name for n in count() if (name := f"{stem}-{n}.{ending}") not in taken))
    taken.add(str(part.partname))
    for relation in part.rels.values():
        if not relation.is_external:
            _rename(relation.target_part, taken, seen)


def _take_styles(whole: Any, other: Any) -> None:
    ours, theirs = whole.styles.element, other.styles.element
    if _same(ours, theirs):
        return
    known = [style.get(qn("w:styleId")) for style in _styles(ours)]
    mark = next(one for one in (f"p{n}-" for n in count(1)) if not any(name.startswith(one) for name in known))
    names = {style.get(qn("w:styleId")): mark + style.get(qn("w:styleId")) for style in _styles(theirs)}
    usual: Any = next((s for s in _styles(theirs) if _is_usual(s, "paragraph")), None)
    for style in _styles(theirs):
        taken = copy.deepcopy(style)
        taken.set(qn("w:styleId"), names[style.get(qn("w:styleId"))])
        if style is usual:
            _with_defaults(taken, theirs)
        taken.attrib.pop(qn("w:default"), None)
        taken.find(qn("w:name")).set(qn("w:val"), names[style.get(qn("w:styleId"))])
        for link in taken.iter(*LINKS_OF_STYLE):
            link.set(qn("w:val"), names.get(link.get(qn("w:val")), link.get(qn("w:val"))))
        ours.append(taken)
    parts = [other.element.body, *(r.target_part.element for r in other.part.rels.values() if _is_margin(r))]
    for part in parts:
        for mark in part.iter(*OF_STYLES):
            mark.set(qn("w:val"), names.get(mark.get(qn("w:val")), mark.get(qn("w:val"))))
        for paragraph in part.iter(qn("w:p")) if usual is not None else ():
            properties = paragraph.get_or_add_pPr()
            if properties.find(qn("w:pStyle")) is None:
                properties.get_or_add_pStyle().set(qn("w:val"), names[usual.get(qn("w:styleId"))])


def _with_defaults(style: Any, theirs: Any) -> None:
    """The other file's document defaults, written into its usual style where that says nothing itself."""
    for tag, holder in (("w:rPr", "w:rPrDefault"), ("w:pPr", "w:pPrDefault")):
        found = theirs.find(f"{qn('w:docDefaults')}/{qn(holder)}/{qn(tag)}")
        own = style.find(qn(tag))
        if found is None:
            continue
        if own is None:
            own = OxmlElement(tag)
            place = style.find(qn("w:rPr")) if tag == "w:pPr" else None
            (place.addprevious(own) if place is not None else style.append(own))
        for one in found:
            if own.find(one.tag) is None:
                own.append(copy.deepcopy(one))


def _take_lists(whole: Any, other: Any) -> None:
    """Numbered lists go on under numbers of their own."""
    used = list(other.element.body.iter(qn("w:numId")))
    theirs = _related(other, TYPES.NUMBERING)
    if not used or theirs is None:
        return
    ours = _related(whole, TYPES.NUMBERING)
    if ours is None:
        whole.part.relate_to(theirs, TYPES.NUMBERING)
        return
    root = ours.element
    first = 1 + max([int(one.get(qn("w:numId"))) for one in root.iter(qn("w:num"))], default=0)
    deeper = 1 + max([int(one.get(qn("w:abstractNumId"))) for one in root.iter(qn("w:abstractNum"))], default=0)
    for abstract in theirs.element.iter(qn("w:abstractNum")):
        taken = copy.deepcopy(abstract)
        taken.set(qn("w:abstractNumId"), str(int(abstract.get(qn("w:abstractNumId"))) + deeper))
        at = root.find(qn("w:num"))
        (at.addprevious(taken) if at is not None else root.append(taken))
    for one in theirs.element.iter(qn("w:num")):
        taken = copy.deepcopy(one)
        taken.set(qn("w:numId"), str(int(one.get(qn("w:numId"))) + first))
        link = taken.find(qn("w:abstractNumId"))
        link.set(qn("w:val"), str(int(link.get(qn("w:val"))) + deeper))
        root.append(taken)
    for mark in used:
        if mark.get(qn("w:val")) != "0":
            mark.set(qn("w:val"), str(int(mark.get(qn("w:val"))) + first))


def _take_notes(whole: Any, other: Any) -> None:
    """Footnotes and endnotes go on under numbers of their own."""
    for kind, tag in NOTES:
        marks = list(other.element.body.iter(qn(f"{tag}Reference")))
        theirs, ours = _related(other, kind), _related(whole, kind)
        if not marks or theirs is None:
            continue
        if ours is None:
            whole.part.relate_to(theirs, kind)
            continue
        root = etree.fromstring(ours.blob)
        known = {note.get(qn("w:id")): note for note in etree.fromstring(theirs.blob).iter(qn(tag))}
        number = max((int(note.get(qn("w:id"))) for note in root.iter(qn(tag))), default=0)
        for mark in marks:
            note = known.get(mark.get(qn("w:id")))
            if note is None:
                continue
            number += 1
            for one in (note, mark):
                one.set(qn("w:id"), str(number))
            root.append(note)
        ours._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _related(word: Any, kind: str) -> Any:
    return next((r.target_part for r in word.part.rels.values() if r.reltype == kind), None)


def _styles(root: Any) -> list[Any]:
    return list(root.findall(qn("w:style")))


def _is_usual(style: Any, kind: str) -> bool:
    return style.get(qn("w:default")) in ("1", "true") and style.get(qn("w:type")) == kind


def _is_margin(relation: Any) -> bool:
    return relation.reltype in (TYPES.HEADER, TYPES.FOOTER)


def _same(ours: Any, theirs: Any) -> bool:
    """Whether all styles of the other file are in the whole file already, as they are."""
    known = {style.get(qn("w:styleId")): _text(style) for style in _styles(ours)}
    defaults = [root.find(qn("w:docDefaults")) for root in (ours, theirs)]
    texts = ["" if one is None else _text(one) for one in defaults]
    return texts[0] == texts[1] and all(known.get(s.get(qn("w:styleId"))) == _text(s) for s in _styles(theirs))


def _text(node: Any) -> str:
    return etree.tostring(node, encoding="unicode", with_tail=False)
