"""Sphinx's configuration; `website.build` gives what depends on the course."""

project = "Gradlab"
author = "The Gradlab authors"
project_copyright = author
language = "en"
extensions = ["myst_nb"]
# Outputs come from the worked solutions, which a build has run.
nb_execution_mode = "off"
nb_code_prompt_show = "Show the {type}"
nb_code_prompt_hide = "Hide the {type}"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
# The project's pages begin with a heading of the first level, but those of a lab may skip one.
suppress_warnings = ["myst.header", "misc.highlighting_failure"]
highlight_language = "none"
mathjax_path = "mathjax/tex-chtml.js"
html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("figures.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_use_index = False
html_context = {"default_mode": "auto"}
html_sidebars: dict[str, list[str]] = {"gallery": []}
html_theme_options = {
    "logo": {"text": project},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "footer_start": [],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
