"""The library at a glance: which stage of the funnel has which kinds of content, and where there is none."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from leads.models import Asset, FunnelStage
from leads.models.content import AssetKind


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of content, with its assets in each stage, in the order of the stages."""

    kind: AssetKind
    cells: list[list[Asset]]


@dataclass(frozen=True, slots=True)
class Board:
    """Kinds by stages. A gap is a stage that has nothing at all, or nothing gated to leave an address for."""

    rows: list[Row]
    empty_stages: list[FunnelStage]
    ungated_stages: list[FunnelStage]
    without_stage: list[Asset]


def board(assets: Iterable[Asset]) -> Board:
    """The board of these assets; kinds of which there is none are left out."""
    cells: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    for asset in assets:
        cells[asset.kind, asset.funnel_stage].append(asset)
    stages = list(FunnelStage)
    rows = [
        Row(kind, [cells.get((kind, stage), []) for stage in stages])
        for kind in AssetKind
        if any(cells.get((kind, stage)) for stage in stages)
    ]
    of_stage = {stage: [asset for row in rows for asset in row.cells[at]] for at, stage in enumerate(stages)}
    return Board(
        rows=rows,
        empty_stages=[stage for stage, found_in in of_stage.items() if not found_in],
        ungated_stages=[
            stage for stage, found_in in of_stage.items() if found_in and not any(asset.is_gated for asset in found_in)
        ],
        without_stage=[asset for (_kind, stage), some in cells.items() if not stage for asset in some],
    )
