"""Picture actions: the key that keeps the screen as a picture."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from hltcore.edits import Position
from hltcore.errors import printable
from tui.files import new_file
from tui.formatting import plain
from tui.lesson_actions import LessonActions

__all__ = ["PictureActions"]


class PictureActions(LessonActions):
    """The part of the app that takes pictures of itself."""

    def action_picture(self) -> None:
        """Save the screen as SVG in the current directory; in a browser, let it be downloaded."""
        self.clear_notifications()  # the last picture's own sentence is not part of the next
        self.call_after_refresh(self._take_picture)

    def _take_picture(self) -> None:
        from tui.screenshot import file_stem, screenshot  # late: few take pictures

        moment = (self.main_screen.shown or self.bridge.stage).moment
        stem = file_stem(moment.title, Position(moment.steps, phase=moment.phase))
        svg = screenshot(self, f"hlt-tui {moment.called}")
        if self.is_web:
            self.deliver_binary(io.BytesIO(svg.encode()), save_filename=f"{stem}.svg", mime_type="image/svg+xml")
            self._say_of_picture(f"Your browser downloads the picture {stem}.svg")
        else:
            self.run_worker(self._save(svg, stem))

    async def _save(self, svg: str, stem: str) -> None:
        try:
            # In a thread: a disk far away may take its time.
            path = await asyncio.to_thread(lambda: new_file(Path.cwd(), stem, ".svg", svg))
        except OSError as error:
            why = printable(error.strerror or error)
            self._say_of_picture(f"The picture is not saved: {why} (the current directory).", failed=True)
        else:
            self._say_of_picture(f"Saved as {path.name} in {path.parent}")

    def _say_of_picture(self, sentence: str, *, failed: bool = False) -> None:
        """Tell it on the status line; in a corner where that is hidden, or has to tell how a run goes on."""
        moment = self.bridge.stage.moment
        if self.screen is self.main_screen and moment.ready and not moment.playing:
            self.bridge.tell(sentence, failed=failed)
        else:
            self.notify(plain(sentence), severity="warning" if failed else "information", markup=False)
