"""The training loop: from items to the best averaged weights of a run."""

import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from instrument_model.network.model import InstrumentNetwork, save_network
from instrument_model.onnx.architecture import HEAD

from ..config import TrainSettings
from ..data.augmentations import SpectrogramMask
from ..data.examples import Items
from ..data.precomputed import PreparedItems
from ..evaluation.validation import Development, Score
from ..models.taggers import Recogniser
from .checkpoint import load_checkpoint, save_checkpoint
from .curves import Curves
from .distillation import distillation_loss, teach
from .forgetting import Hidden, Memory
from .losses import label_loss, lead_loss

GRADIENT_NORM = 5.0


@dataclass
class Progress:
    """Where a run stands, besides the weights."""

    step: int = 0
    best: float = -math.inf
    best_step: int = 0
    looks_since_best: int = 0
    losses: list[tuple[int, float]] = field(default_factory=list)
    scores: list[tuple[int, dict[str, float]]] = field(default_factory=list)


class Run:
    """One training run in a folder: `checkpoint.pt`, `model/` with the best weights so far, curves and logs."""

    def __init__(
        self,
        model: InstrumentNetwork,
        items: Items | PreparedItems,
        development: Development,
        settings: TrainSettings,
        out: Path,
        *,
        teacher: Recogniser | None = None,
        memory: Memory | None = None,
        workers: int = 1,
        cpu: bool = False,
    ) -> None:
        """Continue the run from its checkpoint, if it has one.

        Raises:
            TrainingError: The checkpoint is damaged or belongs to other settings.
        """
        self.settings, self.items, self.development, self.out, self.teacher = settings, items, development, out, teacher
        self.accelerator = Accelerator(cpu=cpu)
        if isinstance(teacher, nn.Module):
            teacher.to(self.accelerator.device)
        self.model = model.to(self.accelerator.device)
        self.mask = SpectrogramMask(model.config.frontend) if "mask" not in settings.without else nn.Identity()
        _freeze(model, settings)
        network = nn.Module.to(model.network, memory_format=torch.channels_last)  # type: ignore[call-overload]
        parameters = [p for p in network.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(parameters, settings.learning_rate, weight_decay=settings.weight_decay)
        schedule = LambdaLR(optimizer, self._learning_rate_factor)
        self.average = AveragedModel(network, avg_fn=self._average)
        self.memory = memory.to(self.accelerator.device) if memory else None
        self.hidden = Hidden(model.network, memory) if memory else None
        self.network, self.optimizer = self.accelerator.prepare(network, optimizer)
        self.schedule = schedule
        self.workers = workers
        self.progress = Progress()
        out.mkdir(parents=True, exist_ok=True)
        state = load_checkpoint(out, settings)
        if state:
            self._load(state)

    def train(self) -> Progress:
        """Train to the end or to an early stop; safe to kill and call again."""
        settings, progress = self.settings, self.progress
        curves = Curves(self.out, progress.step) if self.accelerator.is_main_process else None
        if progress.step == 0:
            self._validate(curves)
        bar = tqdm(
            total=settings.steps, initial=progress.step, unit="step", disable=not self.accelerator.is_main_process
        )
        mean_loss = 0.0
        for batch in self._loader():
            if progress.looks_since_best >= settings.patience:
                break
            loss = self._step(batch)
            progress.step += 1
            mean_loss = loss if mean_loss == 0 else 0.98 * mean_loss + 0.02 * loss
            bar.update()
            bar.set_postfix(loss=f"{mean_loss:.4f}", best=f"{progress.best:.4f}")
            if progress.step % settings.score_every == 0 or progress.step == settings.steps:
                progress.losses.append((progress.step, mean_loss))
                self._validate(curves)
                mean_loss = 0.0
        bar.close()
        return progress

    def _loader(self) -> DataLoader[Any]:
        """Return the batches from the current step on, shared among the processes."""
        settings = self.settings
        ahead = Subset(
            self.items, range(self.progress.step * settings.batch_size, settings.steps * settings.batch_size)
        )
        loader = DataLoader(ahead, settings.batch_size // self.accelerator.num_processes, num_workers=self.workers)
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared

    def _step(self, batch: dict[str, Tensor]) -> float:
        settings = self.settings
        # Dropout and masks depend on the step alone: a resumed run repeats what an uninterrupted one does.
        torch.manual_seed(settings.seed * 1_000_003 + self.progress.step * 64 + self.accelerator.process_index)
        _train_mode(self.network, settings)
        with torch.no_grad():
            log_mel = self.mask(self.model.frontend(batch["waveform"])).contiguous(memory_format=torch.channels_last)
        logits = self.network(log_mel)
        loss = label_loss(logits, batch["target"], batch["label_weight"], settings.smoothing)
        if settings.distil:
            answers = batch["answers"] if self.teacher is None else teach(self.teacher, batch)
            distance = distillation_loss(logits, answers, batch["label_weight"])
            loss = (1 - settings.distil) * loss + settings.distil * distance
        if settings.lead:
            loss = loss + settings.lead * lead_loss(logits, batch["target"])
        if self.memory and self.hidden:
            pretrained = batch["memory"] if "memory" in batch else self.memory.answers(batch["clean"])
            loss = loss + settings.remember * self.memory.loss(self.hidden.value, pretrained)
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad()
        self.average.update_parameters(self.accelerator.unwrap_model(self.network))
        return float(loss.detach())

    def _validate(self, curves: Curves | None) -> None:
        """Validate the averaged weights, keep them if they are the best, and write the checkpoint."""
        progress = self.progress
        if self.accelerator.is_main_process:
            averaged = InstrumentNetwork(self.model.config)
            averaged.network.load_state_dict(self.average.module.state_dict())
            score = self.development.score(averaged)
            progress.scores.append((progress.step, asdict(score) | {"total": score.total}))
            progress.looks_since_best += 1
            if score.total > progress.best:
                progress.best, progress.looks_since_best, progress.best_step = score.total, 0, progress.step
                save_network(self.out / "model", averaged)
            save_network(self.out / "last", averaged)
            if curves:
                curves.write(progress.losses, progress.scores)
            _print_score(progress.step, score)
            save_checkpoint(self.out, self.settings, self._state())
        # Every process must come to the same decision about stopping.
        shared = torch.tensor([progress.best, float(progress.looks_since_best)], device=self.accelerator.device)
        if self.accelerator.num_processes > 1:
            torch.distributed.broadcast(shared, 0)
        progress.best, progress.looks_since_best = float(shared[0]), int(shared[1])

    def _state(self) -> dict[str, Any]:
        return {
            "network": self.accelerator.unwrap_model(self.network).state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "progress": asdict(self.progress),
        }

    def _load(self, state: dict[str, Any]) -> None:
        self.accelerator.unwrap_model(self.network).load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.progress = Progress(**state["progress"])

    def _learning_rate_factor(self, step: int) -> float:
        warmup = max(1, round(self.settings.steps * self.settings.warmup_share))
        if step < warmup:
            return (step + 1) / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, self.settings.steps - warmup)))

    def _average(self, averaged: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        """Return an exponential mean that starts as a plain one, so that the first weights do not hold it back."""
        decay = min(self.settings.average_decay, (1 + int(count)) / (10 + int(count)))
        return averaged + (current - averaged) * (1 - decay)


def _freeze(model: InstrumentNetwork, settings: TrainSettings) -> None:
    for name, parameter in model.network.named_parameters():
        parameter.requires_grad = settings.trained == "all" or name.startswith(HEAD)


def _train_mode(network: nn.Module, settings: TrainSettings) -> None:
    """Switch to training mode, but keep the pretrained network's batch statistics.

    Those of two million clips beat those of a few thousand.
    """
    network.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            if settings.start == "pretrained":
                module.eval()
            else:
                module.momentum = 0.1  # the stored 0.01 follows too slowly for a short run


def _print_score(step: int, score: Score) -> None:
    figures = "  ".join(f"{name} {value:.3f}" for name, value in asdict(score).items())
    tqdm.write(f"step {step:6d}  {figures}  total {score.total:.4f}")
