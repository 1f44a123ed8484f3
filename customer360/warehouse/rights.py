"""Who may do what in a database, as the server itself says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from customer360.warehouse.logins import STAGE_ROLES

# The last one is everybody: a right of theirs is a right of every login of the server.
_ROLES = (*STAGE_ROLES, "public")
_NONE = "-"

# What a role may do with something in a schema that it may not use, it may not do.
_SCHEMAS = """
select
    n.nspname, '', r.name, coalesce(pg_get_userbyid(n.nspowner) = r.name, false),
    array(
        select words.word from (values ('usage', 'use'), ('create', 'make')) as words (privilege, word)
        where has_schema_privilege(r.name, n.oid, words.privilege)
    ),
    '{}'::text[]
from pg_namespace as n cross join unnest(%(roles)s) as r (name)
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
"""
_RELATIONS = """
select
    n.nspname, c.relname, r.name, coalesce(pg_get_userbyid(c.relowner) = r.name, false),
    array(
        select p from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as p
        where has_schema_privilege(r.name, n.oid, 'usage') and has_table_privilege(r.name, c.oid, p)
    ),
    array(
        select a.attname::text from pg_attribute as a
        where
            a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and has_schema_privilege(r.name, n.oid, 'usage') and has_any_column_privilege(r.name, c.oid, 'select')
            and not has_column_privilege(r.name, c.oid, a.attnum, 'select')
        order by a.attnum
    )
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
cross join unnest(%(roles)s) as r (name)
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'v', 'm', 'p', 'f')
"""
_FUNCTIONS = """
select
    n.nspname, p.proname || '()', r.name, coalesce(pg_get_userbyid(p.proowner) = r.name, false),
    array(
        select 'execute'
        where has_schema_privilege(r.name, n.oid, 'usage') and has_function_privilege(r.name, p.oid, 'execute')
    ),
    '{}'::text[]
from pg_proc as p
inner join pg_namespace as n on n.oid = p.pronamespace
cross join unnest(%(roles)s) as r (name)
where
    n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
"""


def rights_table(connection: Any) -> str:
    """Schema, what lies in it, and the rights of each stage's role and of everybody, as Markdown.

    Things of a schema on which all have the same rights share a row.

    Args:
        connection: to the database, as anybody.
    """
    lines = [
        "| schema | what | " + " | ".join(f"`{role}`" for role in _ROLES) + " |",
        "| --- | --- |" + " --- |" * len(_ROLES),
    ]
    lines += [f"| {' | '.join(row)} |" for row in _rows(connection)]
    return "\n".join(lines)


def _rows(connection: Any) -> Iterator[list[str]]:
    rights: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    with connection.cursor() as cursor:
        for query in (_SCHEMAS, _RELATIONS, _FUNCTIONS):
            cursor.execute(query, {"roles": list(map(str, _ROLES))})
            for schema, name, role, owns, may, hidden in cursor.fetchall():
                rights[schema, name][role] = _in_words(owns, may, hidden)
    schemas: defaultdict[str, defaultdict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for (schema, name), by_role in sorted(rights.items()):
        if name:
            schemas[schema][tuple(by_role[role] for role in _ROLES)].append(name)
        else:
            schemas[schema]  # one without anything in it has a row, too
    for schema, groups in sorted(schemas.items()):
        yield [f"`{schema}`", "itself", *(rights[schema, ""][role] for role in _ROLES)]
        largest = max(groups, key=lambda same: len(groups[same]), default=())
        for same, names in sorted(groups.items(), key=lambda group: (group[0] == largest, group[1])):
            others = "everything" if len(groups) == 1 else "everything else"
            yield ["", others if same == largest else ", ".join(f"`{name}`" for name in names), *same]


def _in_words(owns: bool, may: list[str], hidden: list[str]) -> str:
    if owns:
        return "owns"
    words = ", ".join(may) or _NONE
    if hidden:
        words = f"select but {', '.join(f'`{name}`' for name in hidden)}"
    return words
