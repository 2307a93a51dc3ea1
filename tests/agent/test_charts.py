"""Pictures of lines: blocks, a chart for the terminal, and files that are what their ending says."""

import os
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from agent.answers.types import Answer, Chart, Spark
from agent.lines import Gap, Line
from agent.points import DAY, HOUR, Point
from agent.render.answers import answer_text
from agent.render.chart import chart
from agent.render.plot import plot, plot_file
from agent.render.spark import BLOCKS, spark
from agent.render.terminal import Look
from chain.errors import SayDifferently
from tests.agent.test_lines import line, point
from tests.conftest import ROOT

NOW = 1_800_000_000
SVG = "{http://www.w3.org/2000/svg}"
HILLS = line(*((NOW - 7 * DAY + n * HOUR, 2500 + (n * n) % 311) for n in range(169)))
GAP = (Gap(HILLS[60].at, HILLS[90].at),)
BROKEN = Chart("ETH in USD over the last week", "USD", HILLS[:61] + HILLS[90:], GAP)
LOOKS = {"terminal": Look(), "plain": Look(plain=True)}


def shown(part: Chart | Spark, look: Look) -> str:
    return answer_text(Answer("price_history", {}, (part,)), look)


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("kind", ["chart", "spark"])
def test_what_a_person_sees(kind: str, name: str, snapshot: SnapshotAssertion) -> None:
    values = tuple(p.value if not 20 <= n <= 25 else None for n, p in enumerate(HILLS[:60]))
    part = BROKEN if kind == "chart" else Spark("Worth of main over the last week", "USD", values)
    assert shown(part, LOOKS[name]) == snapshot


@pytest.mark.parametrize(("columns", "lines"), [("20", "5"), ("300", "90")])
def test_a_chart_is_as_wide_in_every_terminal_and_only_coloured_where_colour_is_welcome(
    columns: str, lines: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = shown(BROKEN, Look())
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", lines)
    assert shown(BROKEN, Look()) == usual
    assert max(map(len, usual.split("\n"))) <= 80
    assert "\x1b" not in usual
    assert "\x1b[" in shown(BROKEN, Look(colour=True))
    assert not any(character in shown(BROKEN, Look(plain=True)) for character in "\x1b┤│└⠤")


def test_charts_do_not_leave_anything_to_the_next_one() -> None:
    alone = chart(BROKEN, colour=False)
    chart(Chart("x", "USD", HILLS), colour=True)
    assert chart(BROKEN, colour=False) == alone


@pytest.mark.parametrize("found", [HILLS[:1], HILLS[:2], line((0, 5), (10, 5)), line((0, "1e-9"), (9, "1e30"))])
def test_few_level_and_extreme_values_have_a_chart_too(found: Line) -> None:
    assert "┤" in chart(Chart("x", "USD", found), colour=False)


def test_nothing_has_no_picture() -> None:
    assert shown(Chart("x", "USD", ()), Look()) == ""
    assert shown(Spark("x", "USD", (None, None)), Look()) == ""
    assert shown(Spark("x", "USD", (None, None)), Look(plain=True)) == ""
    with pytest.raises(ValueError, match="no picture"):
        plot(Chart("x", "USD", ()), Path("unused.png"))


@given(st.lists(st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2), max_size=60))
def test_blocks_grow_with_the_values_and_blanks_are_unknown(values: list[Decimal | None]) -> None:
    drawn = spark(values)
    known = [(value, mark) for value, mark in zip(values, drawn, strict=False) if value is not None]
    assert len(drawn) == (len(values) if known else 0)
    assert all((mark == " ") == (value is None) for value, mark in zip(values, drawn, strict=False))
    heights = [BLOCKS.index(mark) for _, mark in sorted(known)]
    assert heights == sorted(heights)
    if len({value for value, _ in known}) > 1:
        assert (heights[0], heights[-1]) == (0, len(BLOCKS) - 1)


def svg_points(path: Path, gid: str) -> int:
    """How many points the line of that id is drawn through."""
    group = next(g for g in ET.parse(path).iter(f"{SVG}g") if g.get("id") == gid)
    drawn = next(group.iter(f"{SVG}path")).get("d")
    assert drawn is not None
    return drawn.count("M") + drawn.count("L")


def test_a_png_is_one(tmp_path: Path) -> None:
    file = plot_file(str(tmp_path / "worth.PNG"))
    plot(BROKEN, file)
    content = file.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", content[16:24]) == (1080, 540)
    assert content.endswith(b"IEND\xaeB`\x82")


def test_an_svg_holds_every_point_and_is_broken_at_the_gap(tmp_path: Path) -> None:
    file = plot_file(str(tmp_path / "worth.svg"))
    plot(BROKEN, file)
    assert (svg_points(file, "line-0"), svg_points(file, "line-1")) == (61, 79)
    words = {text.text for text in ET.parse(file).iter(f"{SVG}text")}
    assert {"ETH in USD over the last week", "USD", "UTC"} <= words


def test_the_range_of_an_hour_is_drawn_beside_its_last_value(tmp_path: Path) -> None:
    file = plot_file(str(tmp_path / "worth.svg"))
    ranged: tuple[Point, ...] = (point(0, 5, 1, 9), point(HOUR, 6, 2, 8))
    plot(Chart("x", "USD", ranged), file)
    assert 'id="range-0"' in file.read_text(encoding="utf-8")


def test_text_from_outside_is_neither_markup_nor_a_formula_nor_invisible(tmp_path: Path) -> None:
    file = plot_file(str(tmp_path / "worth.svg"))
    plot(Chart("<script>$\\frac{1}{0}$\u202e", "U\u200bSD", HILLS), file)
    texts = {text.text for text in ET.parse(file).iter(f"{SVG}text")}
    assert "<script>$\\frac{1}{0}$\\u{202e}" in texts
    assert "U\\u{200b}SD" in texts


def test_the_same_line_is_the_same_file_and_other_users_do_not_see_it(tmp_path: Path) -> None:
    for ending in ("svg", "png"):
        one, two = (plot_file(str(tmp_path / f"{name}.{ending}")) for name in ("one", "two"))
        plot(BROKEN, one)
        plot(BROKEN, two)
        assert one.read_bytes() == two.read_bytes()
        assert one.stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.iterdir())) == 4


def test_no_window_system_is_touched(tmp_path: Path) -> None:
    plot(BROKEN, plot_file(str(tmp_path / "worth.png")))
    assert "matplotlib.pyplot" not in sys.modules


@pytest.mark.parametrize("name", ["worth", "worth.pdf", "worth.png.txt", ".png", "", "wor\0th.png"])
def test_an_ending_that_is_no_picture_s_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SayDifferently) as raised:
        plot_file(str(tmp_path / name) if name else name)
    assert raised.value.exit_code == 2
    assert raised.value.not_done == "No picture was written."
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_written_over_and_nothing_else_is(tmp_path: Path) -> None:
    picture, other, linked = tmp_path / "worth.png", tmp_path / "keys.svg", tmp_path / "link.png"
    plot(BROKEN, plot_file(str(picture)))
    before = picture.stat().st_ino
    plot(BROKEN, plot_file(str(picture)))
    assert picture.stat().st_ino != before
    other.write_text("my only copy")
    with pytest.raises(SayDifferently, match="no picture"):
        plot_file(str(other))
    linked.symlink_to(other)
    with pytest.raises(SayDifferently, match="no picture"):
        plot_file(str(linked))
    assert other.read_text() == "my only copy"


def test_folders_pipes_and_places_that_are_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    for name, why in {
        "folder.png": "no plain file",
        "pipe.png": "no plain file",
        "nowhere/worth.png": "no folder",
        "loop.png": "cannot be used",
        f"{'x' * 300}.png": "cannot be used",
    }.items():
        with pytest.raises(SayDifferently, match=why):
            plot_file(str(tmp_path / name))


def test_a_write_that_fails_leaves_the_old_picture_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = plot_file(str(tmp_path / "worth.png"))
    plot(BROKEN, file)
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("agent.render.plot.os.replace", full)
    with pytest.raises(SayDifferently, match="No space left"):
        plot(Chart("y", "USD", HILLS[:5]), file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_the_drawing_libraries_are_not_imported_before_something_is_drawn() -> None:
    code = (
        "import sys, agent.answers, agent.render.answers, agent.render.plot, agent.cli.portfolio;"
        "sys.exit(bool({'plotext', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
