"""Reads sources.yml into a DataFolder; every mistake is reported with its line and the nearest right word."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from customer360.errors import Customer360Error

from .fields import ENTITIES
from .model import DEFAULT_HORIZONS_DAYS, DataFolder, Feed, FieldContract, FieldValue
from .schema import SCHEMA_FILE

_SEE = "see docs/sources.md for the format, and docs/examples/ for whole files"


def read_data_folder(folder: Path) -> DataFolder:
    """Reads ``<folder>/sources.yml``.

    Raises:
        Customer360Error: no such folder or file, unreadable, not YAML, or not what the schema asks for.
    """
    folder = folder.expanduser().resolve()
    text = _read_text(folder)
    file = folder / "sources.yml"
    document, lines = _parse(text, file)
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    # A misspelt field is the cause of a lacking one: it is told first.
    problems = sorted(
        validator.iter_errors(document),
        key=lambda e: (e.validator != "additionalProperties", [str(part) for part in e.absolute_path], e.message),
    )
    if problems:
        raise _explain(problems[0], file, lines)
    return _build(folder, document, file, lines)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was most likely meant, or None."""
    by_key = {_key(candidate): candidate for candidate in candidates}
    found = difflib.get_close_matches(_key(word), by_key, n=1, cutoff=0.5)
    return by_key[found[0]] if found else None


def _key(word: str) -> str:
    return "".join(character for character in word.casefold() if character.isalnum()) or word


def _read_text(folder: Path) -> str:
    file = folder / "sources.yml"
    try:
        if not folder.exists():
            raise Customer360Error(
                "no such data folder",
                where=str(folder),
                how="give the folder that holds your files: DATA=path/to/folder",
            )
        if not folder.is_dir():
            raise Customer360Error(
                "the data folder is a file", where=str(folder), how="give the folder that holds it: DATA=path/to/folder"
            )
        if not file.exists():
            raise Customer360Error("the data folder has no sources.yml", where=str(file), how=f"write one; {_SEE}")
        if not os.access(folder, os.X_OK):
            raise PermissionError
        return file.read_text(encoding="utf-8-sig")
    except PermissionError:
        raise Customer360Error(
            "no permission to read the data folder", where=str(file), how="let this user read it (chmod or chown)"
        ) from None
    except IsADirectoryError:
        raise Customer360Error("sources.yml is a directory", where=str(file), how=f"make it a file; {_SEE}") from None
    except UnicodeDecodeError as error:
        raise Customer360Error(
            "sources.yml is not UTF-8", where=f"{file}, byte {error.start}", how="save it as UTF-8"
        ) from None


class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses a key given twice and leaves dates as text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

_Lines = dict[tuple[str, ...], int]


def _parse(text: str, file: Path) -> tuple[Any, _Lines]:
    lines: _Lines = {}
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return {}, lines
            _note_lines(node, (), lines, file)
            return loader.construct_document(node), lines
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{file}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(file)
        raise Customer360Error(
            f"sources.yml is not valid YAML: {error.problem}", where=place, how="mend the indentation or quotes there"
        ) from None
    except yaml.YAMLError as error:
        raise Customer360Error(f"sources.yml is not valid YAML: {error}", where=str(file), how="mend it") from None


def _note_lines(node: yaml.Node, path: tuple[str, ...], lines: _Lines, file: Path) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise Customer360Error(
                    f"{name!r} is given twice", where=f"{file}, line {key.start_mark.line + 1}", how="keep one of them"
                )
            seen.add(name)
            lines[(*path, name)] = key.start_mark.line + 1
            _note_lines(value, (*path, name), lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*path, str(index)), lines, file)


def _explain(error: jsonschema.ValidationError, file: Path, lines: _Lines) -> Customer360Error:
    path = tuple(str(part) for part in error.absolute_path)
    schema: Any = error.schema
    what, how = f"{'.'.join(path) or 'sources.yml'}: {error.message}", _SEE
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        allowed = list(schema.get("properties", {}))
        unknown = sorted(str(key) for key in error.instance if key not in allowed)[0]
        kind = "field" if path and path[-1] == "columns" else "key"
        what = f"unknown {kind} {unknown!r}" + (f" in {'.'.join(path)}" if path else "")
        meant = nearest(unknown, allowed)
        how = (f"did you mean {meant!r}? " if meant else "") + f"known here: {', '.join(allowed)}"
        path = (*path, unknown)
    elif error.validator == "required" and isinstance(error.instance, Mapping):
        missing = [name for name in schema["required"] if name not in error.instance]
        what = f"{'.'.join(path) or 'sources.yml'} lacks {', '.join(missing)}"
        how = f"add {missing[0]!r}; {_SEE}"
    elif error.validator == "oneOf":
        given = json.dumps(error.instance, default=str)
        what = f"{'.'.join(path)}: {given} is not a column, a list of columns, or columns with a join"
    return Customer360Error(what, where=f"{file}, line {_line_of(path, lines)}", how=how)


def _line_of(path: tuple[str, ...], lines: _Lines) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _value(declared: Any) -> FieldValue:
    if isinstance(declared, str):
        return FieldValue((declared,))
    if isinstance(declared, list):
        return FieldValue(tuple(declared))
    if "column" in declared:
        scale = declared.get("scale")
        return FieldValue((declared["column"],), scale=None if scale is None else str(scale))
    return FieldValue(tuple(declared["columns"]), join=declared.get("join", " "))


def _share(declared: Any) -> float | None:
    """``2%`` and 0.02 alike."""
    if isinstance(declared, str):
        return float(declared.rstrip(" %")) / 100
    return None if declared is None else float(declared)


def _contract(terms: Mapping[str, Any]) -> FieldContract:
    return FieldContract(
        required=terms.get("required", False),
        unique=terms.get("unique", False),
        accepted=tuple(terms.get("accepted", ())),
        pattern=terms.get("pattern"),
        budget=_share(terms.get("budget")),
    )


def _build(folder: Path, document: Mapping[str, Any], file: Path, lines: _Lines) -> DataFolder:
    as_of = document.get("as_of_date")
    try:
        as_of_date = None if as_of is None else date.fromisoformat(as_of)
    except ValueError:
        raise Customer360Error(
            f"as_of_date: {as_of} is no day of the calendar",
            where=f"{file}, line {_line_of(('as_of_date',), lines)}",
            how="write it as 2026-06-30",
        ) from None
    declared = document["sources"]
    feeds = []
    for source in declared:
        for name, feed in declared[source].items():
            if "files" not in feed and "from" not in feed:
                raise Customer360Error(
                    f"sources.{source}.{name} lacks files",
                    where=f"{file}, line {_line_of(('sources', source, name), lines)}",
                    how=f"add 'files', or 'from' for a system that they are fetched from; {_SEE}",
                )
            for column in set(feed.get("contract", {})) - set(feed["columns"]):
                raise Customer360Error(
                    f"the contract of {source}.{name} speaks of {column!r}, which is not mapped",
                    where=f"{file}, line {_line_of(('sources', source, name, 'contract', column), lines)}",
                    how="map it in 'columns', or leave it out of the contract",
                )
            customers_of = feed.get("customers_of", source)
            if customers_of not in declared:
                raise Customer360Error(
                    f"customers_of names the unknown source {customers_of!r}",
                    where=f"{file}, line {_line_of(('sources', source, name, 'customers_of'), lines)}",
                    how=f"sources of this folder: {', '.join(declared)}",
                )
            feeds.append(
                Feed(
                    source=source,
                    entity=ENTITIES[name],
                    files=tuple(feed.get("files", ())),
                    columns={field: _value(value) for field, value in feed["columns"].items()},
                    customers_of=customers_of,
                    kind=feed.get("entity", "person"),
                    mode=feed.get("mode", "delta"),
                    date_order=feed.get("date_order"),
                    country=feed.get("country", document.get("country")),
                    delimiter=feed.get("delimiter"),
                    quote=feed.get("quote"),
                    encoding=feed.get("encoding"),
                    escape=feed.get("escape"),
                    header=tuple(feed["header"]) if isinstance(feed.get("header"), list) else feed.get("header"),
                    skip_lines=feed.get("skip_lines"),
                    mend=feed.get("mend", True),
                    decimal=feed.get("decimal"),
                    null_values=tuple(feed.get("null_values", ())),
                    records=feed.get("records"),
                    sheet=feed.get("sheet"),
                    max_rejected=_share(feed.get("max_rejected")),
                    vanished_columns=feed.get("vanished_columns", "error"),
                    contract={field: _contract(terms) for field, terms in feed.get("contract", {}).items()},
                    origin=feed.get("from"),
                )
            )
    return DataFolder(
        path=folder,
        feeds=tuple(feeds),
        as_of_date=as_of_date,
        reporting_currency=document.get("reporting_currency"),
        horizons_days=tuple(sorted(document.get("horizons_days", DEFAULT_HORIZONS_DAYS))),
    )
