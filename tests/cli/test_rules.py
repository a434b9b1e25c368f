"""House rules: a JSON Schema of the team's own over each connector, told at its place."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dcsync import emulator
from dcsync.declare.rules import budget
from tests.cli.conftest import PROJECT, Ended, Run

ROOT = Path(__file__).parents[2]
HEAD = f"dcsync: 1\nproject: {PROJECT}\npolicy: {{prune: none}}\n"
GOOD = "connectors:\n  a: {config: {url: 'https://a.example.com'}}\n"


def check(run: Run, rules: str, text: str, *words: str, name: str = "rules.yaml") -> Ended:
    """Validates a declaration by rules."""
    Path(name).write_text(rules, "utf-8")
    Path("dcsync.yaml").write_text(f"{HEAD}{text}", "utf-8")
    return run("validate", "--rules", name, *words)


@pytest.mark.parametrize(
    ("rules", "text", "place", "message"),
    [
        (
            "properties: {config: {properties: {url: {pattern: '^https://[a-z]+[.]example[.]com'}}}}",
            "connectors:\n  a:\n    config:\n      url: https://example.com.evil.example\n",
            "7:12",
            "'url' must match ^https://[a-z]+[.]example[.]com",
        ),
        (
            "properties: {config: {properties: {url: {description: our hosts, pattern: '^x'}}}}",
            "defaults:\n  config: {url: 'https://a.example.com'}\nconnectors: {a: {}}\n",
            "5:17",
            "our hosts",
        ),
        (
            "properties: {config: {required: [signature_secret]}}",
            "connectors:\n  a:\n    config: {url: 'https://a.example.com'}\n",
            "6:5",
            "'config' needs 'signature_secret'",
        ),
        (
            "properties: {config: {required: [signature_secret]}}",
            "defaults:\n  config: {url: 'https://a.example.com'}\nconnectors:\n  a: {}\n",
            "5:3",
            "'config' needs 'signature_secret'",
        ),
        (
            "required: [status, watch]",
            GOOD,
            "5:3",
            "a connector needs 'status' and 'watch'",
        ),
        (
            "properties: {labels: {contains: {const: room}}}",
            "connectors:\n  a:\n    labels: [name]\n    config: {url: 'https://a.example.com'}\n",
            "6:13",
            "'labels' lacks an item",
        ),
        (
            "properties: {labels: {minItems: 1}}",
            GOOD,
            "5:3",
            "'labels' has too few items (minimum 1)",
        ),
        (
            "properties: {labels: {items: {enum: [name, room]}}}",
            "connectors:\n  a:\n    labels: [name, x]\n    config: {url: 'https://a.example.com'}\n",
            "6:20",
            "item 2 of 'labels' must be name or room",
        ),
        (
            "properties: {display_name: {$ref: '#/$defs/name'}}\n"
            "$defs: {name: {title: names are capital, pattern: '^[A-Z]'}}",
            GOOD,
            "5:3",
            "names are capital",
        ),
        (
            "properties: {project: {not: {const: c0md3pm0p7bet3vico8g}}}",
            GOOD,
            "5:3",
            "'project' is excluded by the rule",
        ),
        (
            "if: {properties: {type: {const: HTTP_PUSH}}}\nthen: {properties: {status: false}}",
            GOOD.replace("{config", "{status: ACTIVE, config"),
            "5:15",
            "'status' is excluded by the rule",
        ),
        (
            "properties: {config: {properties: {headers: {additionalProperties: false, "
            "patternProperties: {'^X-': true}}}}}",
            "connectors:\n  a:\n    config:\n      url: https://a.example.com\n"
            "      headers:\n        X-A: a\n        Auth: b\n",
            "10:9",
            "'Auth' is not allowed in 'headers'",
        ),
        (
            "properties: {config: {properties: {headers: {propertyNames: {pattern: '^X-'}}}}}",
            "connectors:\n  a:\n    config:\n      url: https://a.example.com\n"
            "      headers:\n        Auth: b\n",
            "9:9",
            "'Auth' is not allowed in 'headers'",
        ),
        (
            "properties: {config: {properties: {signature_secret: {pattern: '^[$][{]env:'}}}}",
            "connectors:\n  a:\n    config: {url: 'https://a.example.com', "
            "signature_secret: hunter2}\n",
            "6:62",
            "'signature_secret' must match",
        ),
    ],
)
def test_a_broken_rule_is_told_at_its_place(
    run: Run, rules: str, text: str, place: str, message: str
) -> None:
    """Line and column are those of the value, of its default, or of what lacks it."""
    ended = check(run, rules, text)

    assert ended.code == 1
    assert f"dcsync.yaml:{place}: error: house rule: {message}" in ended.err
    assert re.search(r"\(rules\.yaml:\d+:\d+\)", ended.err)
    assert "hunter2" not in ended.err


@pytest.mark.parametrize(
    "rules",
    [
        "properties: {display_name: {const: 'Site ${var:site}'}}",
        "properties: {config: {properties: {url: {const: 'https://${env:HOST}.example.com'}}}}",
        "properties: {type: {const: HTTP_PUSH}, event_types: {const: []}, labels: {const: [name]}}",
        "properties: {project: {const: oslo}}",
        "properties: {config: {maxProperties: 1, properties: {headers: false}}}",
        "required: [project, display_name, type, event_types, labels, config]",
        "properties: {status: false, id: false, sync_after: false}",
        "{}",
        "$schema: https://json-schema.org/draft/2020-12/schema\n$id: https://a.example.com/rules",
    ],
)
def test_what_rules_see(run: Run, rules: str) -> None:
    """Defaults laid under, null dropping one; references as written; what is left out filled in."""
    Path("rules.yaml").write_text(rules, "utf-8")
    Path("fleet.yaml").write_text(
        f"dcsync: 1\nprojects: {{oslo: {{id: {PROJECT}, vars: {{site: x}}}}}}\n"
        "policy: {prune: none}\n"
        "defaults: {labels: [name], config: {headers: {X-A: a}, topic: t}}\nconnectors:\n"
        "  a:\n    display_name: Site ${var:site}\n"
        "    config: {url: 'https://${env:HOST}.example.com', headers: null}\n",
        "utf-8",
    )

    ended = run("validate", "--rules", "rules.yaml")

    assert ended.code == 0, ended.err


def test_rules_that_a_declaration_names_hold_for_its_projects(run: Run) -> None:
    """In each file of the project, in validate, plan and apply; elsewhere they do not matter."""
    Path("house").mkdir()
    Path("house", "rules.yaml").write_text("properties: {labels: {minItems: 1}}", "utf-8")
    Path("a.yaml").write_text(f"{HEAD}rules: [house/rules.yaml]\n{GOOD}", "utf-8")
    more = GOOD.replace("  a:", "  b:").replace("a.example", "b.example")
    Path("b.yaml").write_text(f"dcsync: 1\nproject: {PROJECT}\n{more}", "utf-8")

    for command in (["validate"], ["plan"], ["apply", "--auto-approve"]):
        ended = run(*command)

        assert ended.code == 1
        assert "a.yaml:6:3: error: house rule" in ended.err
        assert "b.yaml:4:3: error: house rule" in ended.err


@pytest.mark.usefixtures("project")
def test_rules_that_hold_change_nothing(run: Run, cloud: emulator.Emulator) -> None:
    """The plan is the one without them, and a base that named none is no matter."""
    Path("rules.yaml").write_text("properties: {labels: {maxItems: 1}}", "utf-8")
    Path("dcsync.yaml").write_text(f"{HEAD}rules: rules.yaml\n{GOOD}", "utf-8")

    assert run("apply", "--auto-approve").code == 0
    assert run("plan").out == "No changes. 1 connector matches.\n"
    assert len(cloud.connectors(PROJECT)) == 1


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("propertis: {}", "1:1: error: unknown keyword 'propertis' of JSON Schema (did you mean"),
        ("properties: {a: {patern: x}}", "1:18: error: unknown keyword 'patern'"),
        ("properties: {a: {$ref: 'https://a.example.com/x'}}", "nothing is fetched"),
        ("properties: {a: {$ref: 'file:///etc/passwd'}}", "nothing is fetched"),
        ("properties: {a: {$ref: other.yaml}}", "nothing is fetched"),
        ("properties: {a: {$ref: '#/$defs/no'}}", "this '$ref' refers to no rule"),
        ("properties: {a: {$ref: '#name', $anchor: name}}", "nothing is fetched"),
        ("allOf: [{$id: 'https://a.example.com'}]", "unknown keyword '$id'"),
        ("$dynamicRef: '#a'", "unknown keyword '$dynamicRef'"),
        ("$schema: http://json-schema.org/draft-07/schema#", "2020-12/schema, or be omitted"),
        ("properties: {a: {pattern: '(?!x)'}}", "1:27: error: this pattern cannot be used: look"),
        ("patternProperties: {'(a': true}", "1:21: error: this pattern cannot be used: a ("),
        ("properties: {a: {type: sting}}", "'type' is not valid in JSON Schema"),
        ("properties: {a: {minLength: -1}}", "'minLength' is not valid in JSON Schema"),
        ("required: a", "'required' is not valid in JSON Schema"),
        ("properties: [a]", "'properties' is not valid in JSON Schema"),
        ("properties: {a: 1}", "a rule must be a mapping, true or false"),
        ("[]", "rules must be one JSON Schema"),
        ("", "rules must be one JSON Schema"),
        ("{}\n---\n{}\n", "rules must be one JSON Schema"),
        ("a: [", "not YAML"),
        ("properties: {}\nproperties: {}", "is given twice"),
        (f"enum: [{','.join('x' * 10_001)}]", "more than 10,000 values"),
        ("x" * 100_001, "larger than 100,000 bytes"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
            "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\nenum: *d",
            "more than 10,000 values",
        ),
    ],
)
def test_rules_that_cannot_be_used(run: Run, rules: str, message: str) -> None:
    """Nothing in them is passed over in silence; each problem has its place in their file."""
    ended = check(run, rules, GOOD)

    assert ended.code == 1
    assert message in ended.err
    assert "rules.yaml:" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("$ref: '#'", "refers"),
        (
            "allOf: [{$ref: '#/$defs/a'}]\n$defs: {a: {$ref: '#/$defs/b'}, b: {$ref: '#/$defs/a'}}",
            "circular",
        ),
        (
            "$ref: '#/$defs/a0'\n$defs:\n"
            + "".join(
                f"  a{n}: {{allOf: [{{$ref: '#/$defs/a{n + 1}'}}, {{$ref: '#/$defs/a{n + 1}'}}]}}\n"
                for n in range(40)
            )
            + "  a40: true\n",
            "too many steps",
        ),
        (
            "properties: {config: {properties: {url: {pattern: '^https:.*com.((a|b)*x?)*$'}}}}",
            "too many steps",
        ),
    ],
    ids=["itself", "a circle", "exponential", "a long text"],
)
def test_rules_that_want_to_hang(run: Run, rules: str, message: str) -> None:
    """They end, with a message: a pull request may have brought them."""
    url = f"https://a.example.com/{'ab' * 100_000 if 'url' in rules else ''}"

    ended = check(run, rules, f"connectors:\n  a: {{config: {{url: '{url}'}}}}\n")

    assert ended.code == 1
    assert message in ended.err
    assert "dcsync.yaml:5:3: error: the rules " in ended.err


def test_nothing_is_fetched(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a name is looked up."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    rules = (
        "$id: https://a.example.com/rules\nproperties: {labels: {$ref: '#/$defs/x'}}\n"
        "$defs: {x: {maxItems: 9}}"
    )

    assert check(run, rules, GOOD).code == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../rules.yaml", "outside of the repository"),
        ("/etc/hostname", "outside of the repository"),
        ("link.yaml", "outside of the repository"),
        ("nosuch.yaml", "no rules at nosuch.yaml"),
        (".", "no rules at ."),
        ("[]", ""),
    ],
)
def test_files_that_a_declaration_may_name(
    run: Run, tmp_path: Path, name: str, message: str
) -> None:
    """Only those of its repository, links followed."""
    Path("work", ".git").mkdir(parents=True)
    Path("rules.yaml").write_text("required: [status]", "utf-8")
    Path("work", "link.yaml").symlink_to(tmp_path / "rules.yaml")
    Path("work", "dcsync.yaml").write_text(f"{HEAD}rules: {name}\n{GOOD}", "utf-8")

    ended = run("validate", "-f", "work")

    assert ended.code == (1 if message else 0)
    assert message.replace("at ", "at work/").replace("work/.", "work") in ended.err


def test_rules_in_json_with_tabs(run: Run) -> None:
    """JSON is what JSON Schema is mostly written in."""
    rules = '{\n\t"properties": {\n\t\t"labels": {"minItems": 1}\n\t}\n}\n'

    ended = check(run, rules, GOOD, name="rules.json")

    assert "(rules.json:3:14)" in ended.err


def test_a_fleet_says_it_once(run: Run) -> None:
    """A connector of many projects that breaks a rule is one error, at its one place."""
    projects = "".join(f"  p{n}: {{id: c0md3pm0p7bet3vic{n:03}}}\n" for n in range(50))
    Path("rules.yaml").write_text("properties: {labels: {minItems: 1}}", "utf-8")
    Path("fleet.yaml").write_text(
        f"dcsync: 1\nprojects:\n{projects}policy: {{prune: none}}\n{GOOD}", "utf-8"
    )

    ended = run("validate", "--rules", "rules.yaml")

    assert ended.err.count("house rule") == 1


def test_a_fleet_that_is_discovered_is_checked_offline(run: Run) -> None:
    """Its connectors are; what only the cloud knows, the project, is not held against them."""
    Path("rules.yaml").write_text(
        "properties: {labels: {minItems: 1}, project: {pattern: '^store'}}", "utf-8"
    )
    fleet = "projects: {discover: {organization: c0md3pm0p7bet3vico8g}}\npolicy: {prune: none}\n"
    Path("fleet.yaml").write_text(f"dcsync: 1\n{fleet}{GOOD}", "utf-8")

    ended = run("validate", "--rules", "rules.yaml")

    assert (ended.code, ended.err.count("house rule")) == (1, 1)


def test_the_budget_grows_with_the_fleet() -> None:
    """Ten thousand connectors may take ten thousand times the work of one."""
    one = budget.StepBudget()
    for _ in range(10_000):
        one.grow()
        one.spend(budget.FOR_EACH)

    assert one.left == budget.FREE


BROKEN = 'connectors:\n  a b: {}\n  <&">: {}\n'


@pytest.mark.parametrize("text", [GOOD, BROKEN, GOOD.replace("config", "confg")])
@pytest.mark.parametrize("format", ["sarif", "junit", "json", "text"])
def test_every_format_has_the_same_problems(run: Run, text: str, format: str) -> None:
    """The exit code is one, and so is the number of errors."""
    rules = 'properties: {labels: {description: "<&\'\\">", minItems: 1}}'
    plain = check(run, rules, text)

    ended = check(run, rules, text, "--format", format)

    errors = plain.err.count(": error: ")
    assert ended.code == plain.code == 1
    if format == "json":
        assert len(json.loads(ended.out)["diagnostics"]) == errors
    if format == "sarif":
        assert len(json.loads(ended.out)["runs"][0]["results"]) == errors
    if format == "junit":
        suites = ET.fromstring(ended.out)  # noqa: S314 - of our own making
        assert [len(list(suites.iter("failure"))), suites.get("failures")] == [errors, str(errors)]


def test_sarif(run: Run, tmp_path: Path) -> None:
    """What code scanning needs: places relative to the folder, rules by id, levels."""
    Path("a folder").mkdir()
    Path("rules.yaml").write_text("properties: {labels: {minItems: 1}}", "utf-8")
    secret = "signature_secret: hunter2"
    text = f"{HEAD}{GOOD}".replace("'https://a.example.com'", f"'https://a.example.com', {secret}")
    Path("a folder", "dcsync.yaml").write_text(text, "utf-8")

    for path in ("a folder", str(tmp_path / "a folder"), "./a folder/../a folder"):
        ended = run("validate", "-f", path, "--rules", "rules.yaml", "--format", "sarif")

        log = json.loads(ended.out)
        [ran] = log["runs"]
        rules = [each["id"] for each in ran["tool"]["driver"]["rules"]]
        assert (log["version"], ended.err) == ("2.1.0", "")
        assert rules == ["house-rule/properties/labels/minItems", "declaration"]
        assert [each["level"] for each in ran["results"]] == ["error", "warning"]
        assert [rules[each["ruleIndex"]] for each in ran["results"]] == rules
        where = ran["results"][0]["locations"][0]["physicalLocation"]
        assert where["artifactLocation"] == {"uri": "a%20folder/dcsync.yaml"}
        assert where["region"] == {"startLine": 5, "startColumn": 3}
        assert "hunter2" not in ended.out


def test_a_valid_folder_in_every_format(run: Run) -> None:
    """Nothing is found, and that is said in each of them."""
    assert json.loads(check(run, "{}", GOOD, "--format", "sarif").out)["runs"][0]["results"] == []
    suites = ET.fromstring(check(run, "{}", GOOD, "--format", "junit").out)  # noqa: S314 - of our own making
    assert (suites.get("tests"), suites.get("failures")) == ("1", "0")


def test_the_example_is_the_one_of_the_page(run: Run) -> None:
    """docs/rules.md shows examples/rules.yaml."""
    example = (ROOT / "examples" / "rules.yaml").read_text("utf-8")

    assert example in (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert check(run, example, GOOD).code == 1
