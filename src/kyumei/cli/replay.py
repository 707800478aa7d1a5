"""Write the evidence of a public incident, with invented people, and the truth about it."""

from __future__ import annotations

from pathlib import Path

import click

from kyumei.replay.catalogue import replays, write


class _Listing(click.Command):
    """A command whose help ends with the replays that exist."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # Click's signature
        rows = [(r.name, f"{r.title} (scale {r.scale:g}; variants: {', '.join(r.variants)})") for r in replays().values()]
        with formatter.section("Replays"):
            formatter.write_dl(rows)


@click.command("replay", cls=_Listing)
@click.argument("name")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write; new or empty.")
@click.option("--seed", default=1, show_default=True, help="Other numbers: other people, hours, spellings, noise.")
@click.option("--scale", type=float, default=None, help="Share of the published number of people.")
@click.option("--variant", default="", help="Another course of events; the first listed is usual.")
@click.option("--force", is_flag=True, help="Replace the replay in a folder that is not empty.")
def command(name: str, out: Path, seed: int, scale: float | None, variant: str, *, force: bool) -> None:
    """Write NAME's evidence as an investigator would receive it.

    OUT gets evidence/ (logs, mail, files, roster), aware.txt (when the organisation came to know, one instant a line)
    and truth.json (what happened, for checking; no other command reads it). The same arguments give the same bytes.
    """
    scene = write(name, out, seed=seed, scale=scale, variant=variant, force=force)
    click.echo(f"{name}: {len(scene.sizes)} files, {sum(scene.sizes.values()):,} bytes below {out / 'evidence'}", err=True)
    click.echo(out)
