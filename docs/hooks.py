"""What ``mkdocs build`` does beside its plugins: formulas become MathML, nothing is loaded from elsewhere.

Named in ``mkdocs.yml``. The site must read the same without a network, so there is no MathJax: TeX between
dollars is turned into MathML, which browsers draw themselves, while the site is built.
"""

import re
from html import unescape
from typing import Any

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError

_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(?:https?:)?//[^>]*>"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|preload|preconnect|icon))[^>]*\bhref=["']?(?:https?:)?//[^>]*>"""
)


def on_page_content(html: str, **_: Any) -> str:
    """TeX, as ``pymdownx.arithmatex`` marked it, to MathML."""
    return _FORMULA.sub(
        lambda found: convert(
            unescape(found[2]).strip(), display="inline" if found[1] == "span" else "block"
        ),
        html,
    )


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Refuse a page that loads a script, a style or a picture from another host."""
    if found := _LOADED.search(output):
        raise PluginError(
            f"mkdocs build: page {page.file.src_uri} loads {found[0]!r} from elsewhere; the site must work "
            "without a network: put the file under docs/"
        )
    return output
