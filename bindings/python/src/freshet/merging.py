"""Several accounts as one: of tasks of a workflow, or of shards that several machines refreshed; and an account as Markdown."""
from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional, Sequence

from . import errors
from .run import Report

COUNTS = ("listed", "refreshed", "unchanged", "skipped", "removed", "busy", "failed", "refused_before", "held", "excluded")
_GROUPS = ("chunks", "embedded", "delivered", "verified", "fetched")
_LISTS = ("sources", "errors", "roots")


def merged(reports: Iterable[Mapping[str, Any]], *, one_namespace: bool = False) -> Report:
    """Counts are added up. Where all reports are of one namespace, each says what was pending in the whole of it: then the last counts."""
    given = list(reports)
    form: dict[str, Any] = {key: sum(each.get(key, 0) for each in given) for key in COUNTS}
    form.update({group: _added([each.get(group) or {} for each in given]) for group in _GROUPS})
    form.update({key: [item for each in given for item in each.get(key, [])] for key in _LISTS})
    form["started"] = min((each["started"] for each in given), default="")
    form["ended"] = max((each["ended"] for each in given), default="")
    form["seconds"] = max((each["seconds"] for each in given), default=0)
    form["cancelled"] = any(each["cancelled"] for each in given)
    form["exit_code"] = _exit_code([each["exit_code"] for each in given])
    form["success_rate"] = _success_rate(form)
    if one_namespace and given:
        form["delivered"]["pending"] = max(given, key=lambda each: str(each["ended"]))["delivered"]["pending"]
    return Report(form)


def _added(groups: Sequence[Mapping[str, Optional[int]]]) -> dict[str, Optional[int]]:
    """What nobody counted stays unknown."""
    sums: dict[str, Optional[int]] = {}
    for key in dict.fromkeys(key for each in groups for key in each):
        counted = [count for count in (each.get(key) for each in groups) if count is not None]
        sums[key] = sum(counted) if counted else None
    return sums


def _exit_code(codes: Sequence[int]) -> int:
    """3 says that nothing could be done: of several, that all of them could do nothing."""
    if not any(codes):
        return 0
    return 3 if all(code == 3 for code in codes) else 1


def _success_rate(form: Mapping[str, Any]) -> Any:
    good = form["refreshed"] + form["unchanged"] + form["removed"]
    return round(good / (good + form["failed"]), 4) if good + form["failed"] else None


def failure_of(report: Mapping[str, Any]) -> Any:
    """What kept the sources of a report from being listed, as an exception of freshet.errors; None where all were."""
    for source in report["sources"]:
        if source.get("error"):
            return errors.of_form(source["error"])
    return None


def table(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a source."""
    return [{"source": each["name"], "loader": each["loader"], "entries": each["entries"], "held": each["held"],
             "requests": each["fetched"]["requests"], "said": _said(each)} for each in report["sources"]]


def _said(source: Mapping[str, Any]) -> str:
    if source.get("error"):
        return str(source["error"]["message"])
    return str(source.get("note") or ("gathered before, and left alone" if source.get("cached") else ""))


def markdown(report: Report, title: str, failed_sources: Sequence[str] = ()) -> str:
    """For people: the counts, what each source said, and the first hundred roots that failed."""
    lines = [f"# {title}", "", str(report), ""]
    lines += [f"- failed: {_cell(each)}" for each in failed_sources] + [""] * bool(failed_sources)
    lines += ["| source | entries | held | requests | |", "|---|---|---|---|---|"]
    for row in table(report):
        lines.append(f"| {_cell(row['source'])} | {row['entries']} | {row['held']} | {row['requests']} | {_cell(row['said'])} |")
    failed = report.failures
    if failed:
        lines += ["", f"## {len(failed)} roots failed", ""]
        lines += [f"- {_cell(root['uri'])}: {_cell((root['error'] or {}).get('message', ''))}" for root in failed[:100]]
        lines += [f"- and {len(failed) - 100} more"] if len(failed) > 100 else []
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    """What comes from elsewhere is text here, not Markdown."""
    kept = "".join("\\" + each if each in "\\`*_[]<>|#~" else each for each in text)
    return " ".join(kept.split())
