"""The lesson on paper: one HTML file with its figures, for the class or, with answers, for the teacher."""

import html
from collections.abc import Sequence

from export.paper import marked
from language.catalogue import current, say

from lesson.drawings import STYLE, Figure
from lesson.steps import MINUTES, LessonStep, steps


def handout(figures: Sequence[Figure], teacher: bool = False) -> str:
    """A page a step; the browser's own print makes a PDF of it. ``figures`` has one for each step."""
    parts = [
        _section(number, step, figure, teacher)
        for number, (step, figure) in enumerate(zip(steps(), figures, strict=True), 1)
    ]
    title = say("Inside a network: notes for the teacher") if teacher else say("Inside a network: hand-out")
    plan = ""
    if teacher:
        lasts = say("{minutes} min")
        rows = "".join(
            f"<tr><td>{html.escape(step.title)}</td><td>{lasts.format(minutes=step.minutes)}</td></tr>"
            for step in steps()
        )
        whole = say("{minutes} minutes in seven steps.").format(minutes=MINUTES)
        plan = f"<p>{whole}</p><table class='lesson-table'>{rows}</table>"
    return f"""<!doctype html>
<html lang="{current()}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.45 sans-serif; color: #1b2430; max-width: 900px; margin: 2rem auto; padding: 0 1rem; }}
section {{ break-inside: avoid; border-top: 1px solid #d5dbe3; margin-top: 1.5rem; }}
.line {{ border-bottom: 1px solid #99a; height: 1.8rem; }}
{STYLE}
@media print {{ section {{ break-before: page; border: 0; }}
  section:first-of-type {{ break-before: auto; }} body {{ margin: 0; }} }}
</style>
<h1>{title}</h1>
{plan}
{"".join(parts)}
</html>
"""


def _section(number: int, step: LessonStep, figure: Figure, teacher: bool) -> str:
    below = '<div class="line"></div>' * 3
    if teacher:
        answer, notes = say("Answer."), say("Notes.")
        below = f"<p><b>{answer}</b> {marked(step.answer)}</p><p><b>{notes}</b> {marked(step.notes)}</p>"
    task = say("At the computer: {task}").format(task=marked(step.task))
    return (
        f"<section><h2>{number}. {html.escape(step.title)}</h2><p>{marked(step.text)}</p>"
        f"{figure.html}<p><i>{task}</i></p>"
        f"<p><b>{marked(step.question)}</b></p>{below}</section>"
    )
