"""What goes wrong, in English."""

from ..catalogue import Errors, Gradio, Status

ERRORS = Errors(
    fault="Something went wrong on our side; please try again, or try another file.",
    excerpt_nothing="No {name} is heard clearly enough in this recording to cut an excerpt.",
    not_uploaded=('The file is not on this server (any more); upload it, for example with handle_file("clip.mp3").'),
    request_late=("The analysis was stopped after {seconds} seconds; send a shorter recording, or fewer at a time."),
    ending="The app is being restarted; try again in a minute.",
    busy="Too many people are using this app at the moment; please try again in a minute.",
    upload_too_big=(
        "The upload exceeds the maximum allowed size of {mb} MB a file; send a smaller file, such as an mp3."
    ),
    upload_no_room=(
        "The server's room for uploads is full, the maximum allowed size is reached; try again in half an hour."
    ),
    upload_late=("The request took too long to arrive; try again on a faster connection or with a smaller file."),
    file_empty="{name} is empty; record or copy it again.",
    file_no_sound=(
        "No sound could be read from {name}; give a wav, flac, ogg, opus, mp3, aiff, m4a or webm recording."
    ),
    file_short="{name} holds {seconds} seconds of sound; at least {least} seconds are needed.",
    file_rate="{name} has a sample rate of {rate} Hz; convert it to one between 4 and 192 kHz.",
    file_unreadable="{name} cannot be read ({reason}); check its permissions and its disk.",
    file_missing="{name} does not exist or is not a file; check its name.",
    file_scaled="The samples exceed full scale (peak {peak} dBFS) and were scaled down by their peak.",
)

STATUS = Status(
    bundled="The bundled model answers.",
    bundled_until="The bundled model answers until {name} has arrived from the Hub.",
    bundled_meanwhile="The bundled model answers, and the Hub is asked again at {time} UTC: {problem}",
    folder="The model {name} answers.",
    commit="The model {name} at {commit} answers.",
)

GRADIO = Gradio(
    drop="Drop Audio Here",
    either="- or -",
    click="Click to Upload",
    loading="Loading",
    record="Record",
    stop="Stop",
    resume="Resume",
    api="Use via API or MCP",
    settings="Settings",
    more_tabs="More tabs",
    file_upload="File upload",
    upload_file="Upload file",
    record_audio="Record audio",
    footer="Gradio footer navigation",
    clear="Clear",
    pause="pause",
    device="Select input device",
    error="Error",
    no_microphone="No microphone found",
    microphone_denied="Please allow access to the microphone for recording.",
    still_uploading="Waiting for file(s) to finish uploading, please retry.",
    complete="Done",
)
