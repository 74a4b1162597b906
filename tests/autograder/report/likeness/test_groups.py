from collections.abc import Mapping
from dataclasses import replace
from random import Random

from autograder.cells import Cell, LabNotebook, Role
from autograder.report.comparison import Likeness
from autograder.report.likeness.evidence import LONGEST_SHOWN, side_by_side
from autograder.report.likeness.groups import find_groups
from autograder.report.likeness.sketches import answers_of, given_by, sketch
from tests.autograder.report.likeness.programs import disguised, program

EXERCISES = ("one", "two")
STUB = "def f(x, lr, steps):\n    raise NotImplementedError"
HINT = program(Random(99), 20)
SOLUTION = program(Random(98), 20)


def lab() -> LabNotebook:
    released, source = [], []
    for exercise in EXERCISES:
        hint = Cell("markdown", Role.FREE, f"<details>\n\n```python\n{HINT}\n```\n\n</details>")
        test = Cell("code", Role.TEST, "assert f(1)", exercise, 1.0)
        released += [hint, Cell("code", Role.SOLUTION, STUB, f"{exercise}-answer"), test]
        source += [hint, Cell("code", Role.SOLUTION, SOLUTION, f"{exercise}-answer"), test]
    return LabNotebook("lab", tuple(source), tuple(released))


def answers(first: str, second: str) -> dict[str, tuple[Cell, ...]]:
    texts = {"one": first, "two": second}
    cells: list[Cell] = []
    for exercise, text in texts.items():
        cells += [Cell("code", Role.SOLUTION, text, f"{exercise}-answer")]
        cells += [Cell("code", Role.TEST, "assert f(1)", exercise, 1.0)]
    return answers_of(cells)


def compared(
    given_answers: Mapping[str, Mapping[str, tuple[Cell, ...]]], missed: Mapping[str, Mapping[str, str]] | None = None
) -> Likeness:
    given = given_by([lab()])
    sketches = [
        sketch(student, own, EXERCISES, given, (missed or {}).get(student, {}))
        for student, own in sorted(given_answers.items())
    ]
    return find_groups(sketches, EXERCISES)


def honest(amount: int, seed: int = 1) -> dict[str, dict[str, tuple[Cell, ...]]]:
    random = Random(seed)
    return {f"s{place:03}": answers(program(random), program(random)) for place in range(amount)}


def copy_of(own: Mapping[str, tuple[Cell, ...]]) -> dict[str, tuple[Cell, ...]]:
    return answers(*(disguised(own[exercise][0].source, Random(3)) for exercise in EXERCISES))


def test_honest_students_are_accused_of_nothing() -> None:
    found = compared(honest(60))
    assert (found.compared, found.groups) == (60, ())


def test_a_copy_is_found_whatever_its_names_numbers_and_layout() -> None:
    students = honest(40)
    students["x-copy"] = copy_of(students["s007"])
    (group,) = compared(students).groups
    assert group.students == ("s007", "x-copy")
    assert group.pairs[0].likeness > 0.95
    assert [common.exercise for common in group.pairs[0].exercises] == ["one", "two"]


def test_half_a_copy_is_found_and_its_exercise_named() -> None:
    students = honest(40)
    own = program(Random(5), 6)
    students["x-copy"] = answers(disguised(students["s007"]["one"][0].source, Random(3)), own)
    (group,) = compared(students).groups
    assert group.students == ("s007", "x-copy")
    assert [common.exercise for common in group.pairs[0].exercises] == ["one"]


def test_who_is_alike_with_one_of_a_group_belongs_to_it_and_the_strongest_pair_comes_first() -> None:
    students = honest(60)
    original = students["s001"]["one"][0].source
    middle = answers(disguised(original, Random(3)), program(Random(11)))
    students["x-one"] = middle
    students["x-two"] = answers(program(Random(12)), middle["two"][0].source)
    (group,) = compared(students).groups
    assert group.students == ("s001", "x-one", "x-two")
    likenesses = [round(pair.likeness, 2) for pair in group.pairs]
    assert likenesses == sorted(likenesses, reverse=True)
    assert len(group.pairs) == 2


def test_what_the_lab_gives_is_nobody_s() -> None:
    students = {
        name: answers(text, text) for name, text in (("a", HINT), ("b", HINT), ("c", SOLUTION), ("d", SOLUTION))
    }
    students |= {"e": answers(STUB, STUB), "f": answers(STUB, STUB)}
    assert compared(students).groups == ()


def test_what_many_write_proves_nothing() -> None:
    common = program(Random(4), 20)
    students = honest(100) | {f"t{place}": answers(common, STUB) for place in range(12)}
    assert compared(students).groups == ()


def test_short_answers_are_alike_by_necessity() -> None:
    line = "def f(x, lr, steps):\n    return 0.5 * x[..., 0] ** 2 + torch.sin(x[..., 1])"
    assert compared(honest(40) | {"a": answers(line, line), "b": answers(line, line)}).groups == ()


def test_rare_comments_word_for_word_are_evidence_of_their_own() -> None:
    students = honest(40)
    remarks = "\n".join(
        f"# {text}" for text in ("my gradient is sad today", "dont tuch this lien", "ask uncle bob why")
    )
    for name, seed in (("a", 21), ("b", 22)):
        students[name] = answers(f"{remarks}\n{program(Random(seed), 4)}", STUB)
    (group,) = compared(students).groups
    assert group.students == ("a", "b")
    assert ("comment", "dont tuch this lien") in group.pairs[0].remarks


def test_the_same_mistake_weighs_more_and_is_named() -> None:
    random = Random(8)
    shared, others = program(random), [program(random), program(random)]
    students = honest(40) | {name: answers(shared, other) for name, other in zip("ab", others, strict=True)}
    right = compared(students).groups
    same = compared(students, {"a": {"one": "ascent-sign"}, "b": {"one": "ascent-sign"}}).groups
    other = compared(students, {"a": {"one": "ascent-sign"}, "b": {"one": "stale-point"}}).groups
    (wrong,) = same[0].pairs
    assert [common.diagnosis for common in wrong.exercises] == ["ascent-sign"]
    assert wrong.strength > (right[0].pairs[0].strength if right else 0)
    assert not right or wrong.likeness > right[0].pairs[0].likeness
    assert not other or other[0].pairs[0].exercises[0].diagnosis is None


def test_the_same_class_gives_the_same_groups() -> None:
    students = honest(40)
    students |= {f"x{place}": copy_of(students[f"s00{place}"]) for place in range(3)}
    first, second = compared(students), compared(students)
    assert first == second
    assert len(first.groups) == 3


def test_nobody_and_nothing_can_be_compared() -> None:
    assert compared({}).groups == ()
    assert compared({"a": {}, "b": answers("", "")}).groups == ()


def test_garbage_does_not_stop_the_comparison() -> None:
    garbage = ["\x00" * 5_000_000, "'" * 50_000, "((((" * 9_000, "def f(:\n  \ud800"]
    students = honest(10) | {f"g{place}": answers(text, text) for place, text in enumerate(garbage)}
    students["many"] = {"one": tuple(Cell("code", Role.SOLUTION, f"a_{n} = {n}", f"c{n}") for n in range(2000))}
    assert compared(students).groups == ()


def test_the_evidence_marks_what_agrees_and_keeps_every_letter() -> None:
    students = honest(40)
    students["x-copy"] = copy_of(students["s007"])
    (group,) = compared(students).groups
    both = side_by_side(group, EXERCISES, students)
    assert [side.common.exercise for side in both] == ["one", "two"]
    for side in both:
        for segments, student in ((side.first, "s007"), (side.second, "x-copy")):
            assert "".join(text for text, _ in segments) == students[student][side.common.exercise][0].source
            marked = sum(len(text) for text, agrees in segments if agrees)
            assert marked > 0.7 * len(students[student][side.common.exercise][0].source)
    nothing = side_by_side(replace(group, shared=()), EXERCISES, {"s007": students["s007"]})
    assert not any(agrees for side in nothing for _, agrees in (*side.first, *side.second))


def test_long_evidence_is_cut_and_says_so() -> None:
    long = program(Random(6), 400)
    students = honest(20) | {"a": answers(long, STUB), "b": answers(long, STUB)}
    (group,) = compared(students).groups
    (side,) = side_by_side(group, EXERCISES, students)
    assert sum(len(text) for text, _ in side.first) < LONGEST_SHOWN + 100
    assert "not shown" in side.first[-1][0]
