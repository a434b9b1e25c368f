"""A thread fills a buffer with the events of a stream while the main thread does something else."""

import os
import threading

import dcsync as dt

buffer: list[dt.events.Event] = []
lock = threading.Lock()


def fill(project_id: str) -> None:
    """Keep the events of the stream."""
    for event in dt.Stream.event_stream(project_id):
        with lock:
            buffer.append(event)
        break


worker = threading.Thread(target=fill, args=(os.environ["PROJECT_ID"],))
worker.start()
worker.join()
with lock:
    print(len(buffer), buffer[0].event_type, buffer[0].data.celsius)
