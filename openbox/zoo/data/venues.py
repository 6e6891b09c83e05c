"""The six classes of DBLP's titles, and which venue belongs to which: one table.

Tang, Qu and Mei (KDD 2015, PTE) gave a title the class of the conference that printed it. Their list is not
known to us. The first line of a class names the conferences whose own proceedings are among their titles
("proceedings of the 40th design automation conference"), in the class that they have there, COLT under
theory; the second line is ours. So this is the same recipe, not the same rows. One of theirs is left out:
Fast Software Encryption, ``conf/fse``, which they have under programming languages.
"""

from types import MappingProxyType

CLASSES = (
    "databases",
    "artificial intelligence",
    "hardware",
    "systems and networks",
    "programming languages",
    "theory",
)
CONFERENCES = (
    "vldb icde pods icdt",
    "sigmod edbt dasfaa ssdbm cikm",
    "aaai ijcai nips icml cvpr iccv acl kdd www",
    "ecml pkdd acml ijcnn uai ecai kr eccv accv iclr aistats emnlp",
    "dac iccad isca micro hpca asplos",
    "date aspdac iccd ats fpga vts itc islped",
    "sigcomm infocom mobicom icdcs podc sosp icnp rtss",
    "osdi nsdi eurosys mobihoc imc sensys",
    "pldi popl oopsla icfp icse cav",
    "ecoop cc sas esop sigsoft issta",
    "stoc focs soda lics colt spaa crypto issac",
    "icalp stacs esa compgeom coco eurocrypt",
)
_JOURNALS = {"journals/pvldb": 1, "journals/pacmmod": 1, "journals/pacmpl": 5}  # once proceedings

LABELS = MappingProxyType(
    {f"conf/{name}": 1 + line // 2 for line, names in enumerate(CONFERENCES) for name in names.split()}
    | _JOURNALS
)
"""Label 1..6 by the first two parts of a record's key; one alone is not enough: ``conf/cc`` is Compiler
Construction, ``journals/cc`` is Computational Complexity."""
