"""What visitors leave with consent: no answer is lost, no file of others is touched, no path is told."""

import fcntl
import json
from pathlib import Path

import pytest

from instrument_model.classifier import InstrumentClassifier
from instrument_model.errors import InstrumentModelError
from instrument_model.prediction import Prediction
from interface.feedback_store import FeedbackStore
from interface.server.limits import Limits
from interface.server.model_provider import ModelProvider
from interface.service import Service
from interface.strings import ENGLISH
from interface.tabs.feedback import Feedback
from tests.support.app_server import EXAMPLES


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    return tmp_path / "feedback"


def store_in(folder: Path) -> FeedbackStore:
    store = FeedbackStore.from_environment(10, {"FEEDBACK_FOLDER": str(folder)})
    assert store
    return store


@pytest.fixture(scope="module", name="prediction")
def fixture_prediction() -> Prediction:
    return InstrumentClassifier.from_pretrained().predict(EXAMPLES / "cello.mp3")


@pytest.mark.parametrize("name", ["clip.json", "clip.JSON", "clip.mp3", "clip"])
def test_a_clip_and_its_record_are_two_files(folder: Path, tmp_path: Path, prediction: Prediction, name: str) -> None:
    clip = tmp_path / name
    clip.write_bytes(b"sound")
    store_in(folder).keep(clip, prediction, "cello")
    (record,) = folder.glob("*.json")
    kept = json.loads(record.read_text())["file_name"]
    assert kept != record.name
    assert (folder / kept).read_bytes() == b"sound"
    assert len(list(folder.iterdir())) == 2


def test_only_what_a_killed_process_left_is_removed(folder: Path) -> None:
    folder.mkdir()
    mine, left, written = folder / ".download.part", folder / f".{'0' * 32}.mp3.part", folder / f".{'1' * 32}.mp3.part"
    for path in (mine, left, written):
        path.write_bytes(b"sound")
    link = folder / f".{'2' * 32}.mp3.part"
    link.symlink_to(mine)
    with written.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        store_in(folder)
    assert set(folder.iterdir()) == {mine, written, link}


def test_files_that_vanish_meanwhile_are_no_error(folder: Path) -> None:
    store = store_in(folder)
    (folder / f".{'0' * 32}.mp3.part").symlink_to(folder / "gone")
    assert not store.full()


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InstrumentModelError, match="set FEEDBACK_FOLDER to a folder"):
        store_in(tmp_path / "file" / "feedback")


def test_a_clip_that_has_been_deleted_gets_a_sentence(folder: Path, tmp_path: Path) -> None:
    feedback = Feedback(Service(ModelProvider.from_environment(), Limits()), store_in(folder))
    said, verdict, consent = feedback.keep(str(tmp_path / "gone.wav"), "right", None, True)
    assert ENGLISH.feedback.gone in said
    assert str(tmp_path) not in said
    assert (verdict, consent) == ("right", True)
