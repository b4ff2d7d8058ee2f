"""Curves of a run: TensorBoard logs while it goes on, and a PNG to look at."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from torch.utils.tensorboard import SummaryWriter

CURVES_FILE = "curves.png"


class Curves:
    """Writes both into the folder of a run."""

    def __init__(self, folder: Path, step: int) -> None:
        """Continue the logs there; what an interrupted run logged after `step` is hidden."""
        self.folder = folder
        self.writer = SummaryWriter(folder / "tensorboard", purge_step=step)
        self.logged = step - 1

    def write(self, losses: Sequence[tuple[int, float]], scores: Sequence[tuple[int, Mapping[str, float]]]) -> None:
        """Log what is new and draw everything."""
        for step, loss in losses:
            if step > self.logged:
                self.writer.add_scalar("loss", loss, step)
        for step, figures in scores:
            if step > self.logged:
                for name, value in figures.items():
                    self.writer.add_scalar(f"development/{name}", value, step)
        self.logged = scores[-1][0]
        self.writer.flush()
        figure = Figure(figsize=(10, 4), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.plot([step for step, _ in losses], [loss for _, loss in losses])
        left.set(xlabel="step", ylabel="loss on training items")
        for name in scores[0][1]:
            right.plot([step for step, _ in scores], [figures[name] for _, figures in scores], label=name)
        right.set(xlabel="step", ylabel="development data")
        right.legend(fontsize="small")
        figure.savefig(self.folder / CURVES_FILE, dpi=120)
