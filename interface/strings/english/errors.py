"""What goes wrong, in English."""

from ..catalogue import Errors

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
)
