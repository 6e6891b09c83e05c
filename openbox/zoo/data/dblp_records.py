"""The papers of dblp's XML dump, one after the other: a dump of gigabytes is never in memory.

Its entities (``&uuml;``) are declared in a file beside it, dblp.dtd. Neither that nor any other file that the
dump names is read or fetched: Python's own table of HTML's entities stands in for it.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from io import BufferedReader
from pathlib import Path
from xml.parsers import expat

from openbox.errors import InputError

PAPERS = ("article", "inproceedings")
_TITLES = tuple([paper, "title"] for paper in PAPERS)
_CHUNK = 1 << 18  # bytes
_GZIP = b"\x1f\x8b"
_ADVICE = "fetch dblp.xml.gz anew from https://dblp.org/xml/"


@dataclass(frozen=True)
class Record:
    """A paper: its ``key``, as "conf/sigmod/Codd74", and its title without what stands in tags inside it."""

    key: str
    title: str


def read_records(dump: Path) -> Iterator[Record]:
    """Every article and inproceedings of a dump, gzipped or not.

    Raises ``InputError`` where the file is missing, ends too early or is not XML; the records before that
    place have been handed out by then.
    """
    parse = _Parse()
    try:
        with _opened(dump) as file:
            while chunk := file.read(_CHUNK):
                yield from parse.records(chunk)
        yield from parse.records(b"", last=True)
    except FileNotFoundError as error:
        raise InputError(f"there is no file {str(dump)!r}; {_ADVICE}") from error
    except EOFError as error:  # of gzip
        raise InputError(f"{str(dump)!r} ends too early; {_ADVICE}") from error
    except (OSError, zlib.error) as error:
        raise InputError(f"cannot read {str(dump)!r} ({error}); {_ADVICE}") from error
    except expat.ExpatError as error:
        found = "ends too early" if parse.ended and parse.started else "is not XML"
        raise InputError(f"{str(dump)!r} {found} ({error}); {_ADVICE}") from error


def _opened(dump: Path) -> gzip.GzipFile | BufferedReader:
    with dump.open("rb") as file:
        zipped = file.read(len(_GZIP)) == _GZIP
    return gzip.open(dump, "rb") if zipped else dump.open("rb")


class _Parse:
    """Expat's events made into records; ``started`` with the first tag, ``ended`` with the last byte."""

    def __init__(self) -> None:
        self.started = self.ended = False
        self._found: list[Record] = []
        self._tags: list[str] = []
        self._key = ""
        self._title: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        self._parser.UseForeignDTD(True)  # a dump without a DOCTYPE has entities too
        self._parser.ExternalEntityRefHandler = self._declare
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read

    def records(self, chunk: bytes, last: bool = False) -> list[Record]:
        """Those that end in this chunk."""
        self.ended = last
        self._parser.Parse(chunk, last)
        found, self._found = self._found, []
        return found

    def _declare(self, context: str | None, *_: str | None) -> int:
        if context is None:  # asked for the DTD; else for a file amid the text, which stays out
            self._parser.ExternalEntityParserCreate(context).Parse(_declarations(), True)
        return 1

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.started = True
        self._tags.append(tag)
        if tag in PAPERS:
            self._key, self._title = attributes.get("key", ""), []

    def _end(self, tag: str) -> None:
        self._tags.pop()
        if tag in PAPERS:
            self._found.append(Record(self._key, "".join(self._title)))

    def _read(self, text: str) -> None:
        if self._tags[-2:] in _TITLES:
            self._title.append(text)


def _declarations() -> str:
    """HTML's entities as a DTD; a character is escaped twice, as XML asks it of ``&`` and ``<``."""
    declared = []
    for name, value in html5.items():
        if name.endswith(";"):  # the table has some names without it as well
            escaped = "".join(f"&#38;#{ord(character)};" for character in value)
            declared.append(f'<!ENTITY {name[:-1]} "{escaped}">')
    return "".join(declared)
