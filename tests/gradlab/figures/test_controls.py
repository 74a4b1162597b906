"""The animation in a real browser, without a kernel."""

import shutil
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, sync_playwright

from gradlab import figures

CONTOURS = ".contourlayer .contourfill path"
# Two sliders: the one for the step stands above the one for the rate.
ACTIVE = "document.querySelector('.plotly-graph-div').layout.sliders.map((slider) => slider.active)"
VISIBLE = "document.querySelector('.plotly-graph-div').data.slice(1).map((trace) => trace.visible !== false)"


def choose(page: Page, slider: int, share: float) -> None:
    """Click a slider at this share of its length."""
    box = page.locator(".slider-rail-touch-rect").nth(slider).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


@pytest.mark.browser
def test_it_plays_and_both_sliders_work(tmp_path: Path) -> None:
    path = torch.linspace(1, 9, 22).reshape(11, 2)
    figure = figures.descent_animation(lambda x: x.sum(dim=-1), {0.1: path, 0.5: path / 2}, milliseconds=20)
    file = tmp_path / "animation.html"
    figure.write_html(file, include_plotlyjs=True, auto_play=False)
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = opened.new_page(viewport={"width": 800, "height": 900})
        page.goto(file.as_uri())
        page.wait_for_selector(CONTOURS, state="attached")
        contours = page.locator(CONTOURS).count()
        assert page.evaluate(VISIBLE) == [True, True, False, False]

        choose(page, 1, 0.5)
        page.wait_for_function(f"{ACTIVE}[1] === 1 && {VISIBLE}[2]")
        page.locator(".updatemenu-button").first.click()
        page.wait_for_function(f"{ACTIVE}[0] === 10")
        assert page.evaluate(VISIBLE) == [False, False, True, True]
        assert page.locator(CONTOURS).count() == contours > 0

        choose(page, 0, 0.5)
        page.wait_for_function(f"{ACTIVE}[0] === 5")
        choose(page, 1, 0.99)
        page.wait_for_function(f"{ACTIVE}[1] === 2")
        page.wait_for_function(f"{VISIBLE}.every((seen) => seen)")
        assert page.locator(CONTOURS).count() == contours
        opened.close()
