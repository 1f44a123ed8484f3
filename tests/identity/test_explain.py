"""Paths, waterfalls and the walk through open pairs, without a database; whole verbs run in tests/e2e."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from customer360.identity.evidence import Evidence, Step
from customer360.identity.paths import shortest_path, told
from customer360.identity.waterfall import bars, picture

STEPS = (
    Step("before looking", "one of 1,000 records", ("", ""), -10.0),
    Step("e-mail", "the same & <valid>", ("a@b.org", "a@b.org"), 14.0),
    Step("given_name", "different", ("anna", "bob"), -3.0),
)
FOUND = Evidence(("crm:1", "shop:2"), "score", "", STEPS, 1.0)


def test_the_fewest_links_lead_the_way_and_the_strongest_of_them():
    links = [("a", "b", 1.0), ("b", "d", 1.0), ("a", "c", 9.0), ("c", "d", 9.0), ("d", "e", 2.0)]
    assert shortest_path(links, "a", "e") == ["a", "c", "d", "e"]
    assert shortest_path(links, "e", "a") == ["e", "d", "c", "a"]
    assert shortest_path(links, "a", "z") == []


def test_bars_follow_each_other_from_nothing_to_the_sum():
    first, second, third = bars(FOUND)
    assert set(first.strip()) <= {"-", "|"}
    assert set(second.strip()) <= {"+", "|"}
    assert first.index("-") == second.index("+"), "a step begins where the last one ended"
    assert len(third) == len(second)
    assert third.count("-") < first.count("-")


def test_the_picture_stands_alone_and_tells_the_sum():
    tree = ElementTree.fromstring(picture(FOUND))
    texts = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "crm:1 and shop:2: +1.0 bits, probability 0.6667"
    assert "e-mail: the same & <valid>" in texts
    assert texts[-1] == "+1.0"


def test_what_is_missing_is_told():
    lines = list(told(Evidence(("crm:1", "shop:2"), "", "", STEPS[:1], -10.0)))
    assert "not linked, -10.0 bits" in lines[0]
    assert lines[-1].strip() == "missing for a link: 10.0 bits"
    assert list(told(Evidence(("a:1", "b:2"), "rule", "same_email", (), None))) == [
        "a:1 and b:2: linked by rule same_email"
    ]
