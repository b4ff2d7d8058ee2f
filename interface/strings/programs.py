"""Every text for programs: what the endpoints are, and why a request is refused. They are in English alone.

Texts with `{...}` are filled in by `str.format`; none of them holds HTML.
"""

API_NO_FILE = 'No file was given; send one with handle_file("clip.mp3").'
API_PREDICT = (
    "Recognises which musical instrument is playing in a recording ({names}), or reports that none of them is. "
    "Returns an object: instrument (null if none is heard), confidence (its calibrated probability, 0 to 1), top (the "
    "three most likely instruments), probabilities (of every label), detected (all that is heard), resembles (where no "
    "instrument is heard, up to three other sounds that it resembles, as a hint), segments (what is heard when, in "
    "seconds), duration (in seconds), remarks and model."
)
API_UNSETTLED = "those that its model knows"
API_TIMELINE = (
    "Reports which instrument plays when in a recording. Returns an object: stretches (start and end in seconds, label "
    "or null, probability, also: what else is heard), times (start and end of each segment), probabilities (of every "
    "label in each segment), resembles (as in predict), duration (in seconds) and model."
)
API_CUT = "Cuts a part out of a recording, from start to end in seconds, and answers with it as a WAV file."
API_EXCERPT = (
    "Finds where one instrument (such as cello) is heard best in a recording, and answers with these few seconds as a "
    "WAV file whose name tells the instrument and the second it begins at."
)
API_START, API_END = "Start in seconds", "End in seconds"
API_SENSITIVITY = "How sure the answer must be: strict, calibrated or sensitive"
API_INSTRUMENT = "Instrument, by its name in the answers of predict"
EXCERPT_UNKNOWN = "There is no such instrument; choose one of {names}."
API_FILE = (
    "An audio file (wav, flac, mp3, ogg, opus, m4a, aiff, webm), up to {mb} MB; the first {minutes} minutes are "
    "analysed."
)
API_NO_ADDRESS = (
    "This app does not fetch web addresses unless its host lists the allowed sites in FETCH_HOSTS; "
    "download the recording and upload the file."
)
FETCH_ADDRESS = "Only plain https addresses can be fetched, such as https://audio.example.org/clip.mp3."
FETCH_HOST = "This app fetches recordings only from the sites in its FETCH_HOSTS, and this is not one of them."
FETCH_PRIVATE = "{host} has no public address, so nothing is fetched from it; upload the file instead."
FETCH_STATUS = "{host} answered with status {status}; check the address."
FETCH_REDIRECTS = "The address leads from one redirect to the next; give the address of the file itself."
FETCH_TOO_BIG = "The file at this address is larger than {mb} MB; send a smaller one."
FETCH_LATE = "{host} took too long to send the file; try again, or upload it."
FETCH_FAILED = "{host} could not be reached, or did not send the whole file; check the address and try again."
REQUEST_ABANDONED = "The connection was closed, so the analysis was stopped."
UPLOAD_FORM = "An upload is a form of files, each with its name; send it as curl -F 'files=@clip.mp3' does."
MESSAGE_TOO_BIG = "The request is larger than {mb} MB; upload the recording as a file."
MESSAGE_TOO_MANY = "The request names too many things at once; send at most {files} files at a time."
MESSAGE_TOO_DEEP = "The request nests lists or objects too deeply; see the API's description for its form."
MESSAGE_NO_JSON = "The request is not JSON in UTF-8; send it with the header Content-Type: application/json."
NOT_FOUND = "There is nothing at this address."
METHOD_BAD = "This address answers to {methods} only."
ADDRESS_TOO_LONG = "The address is too long; shorten it."
NAME_BAD = (
    "A name of a session, an upload or an event is missing, or is not made of at most 64 letters, digits, hyphens and "
    "underscores."
)
CALL_NO_OBJECT = 'The request is not an object; send one such as {"data": [...]}.'
CALL_UNKNOWN = "There is no such function; see /gradio_api/info for those that can be called."
CALL_VALUES = 'This function takes a list of {count} values, or fewer if it says so, as "data"; see /gradio_api/info.'
CALL_PARAMETERS = "This function takes these parameters, some of which may be left out: {names}; see /gradio_api/info."
CALL_WRONG_VALUE = "A value is not of the kind that this function takes; see /gradio_api/info."
CALL_TOO_MANY = "This session has too many answers that it has not fetched; fetch them before you ask for more."
ANSWER_UNKNOWN = "No answer waits under this name: it has been fetched, was too old, or was never asked for."
FILE_REFUSED = "This file is not served: it is no upload of yours, or is not on this server any more."
RANGE_BAD = "The Range header names no bytes; send one such as Range: bytes=0-999."
RANGE_BEYOND = "The file has no such bytes; Content-Range says how long it is."
HOST_UNREADABLE = "The Host or X-Forwarded-Host header is no host name with or without a port; send the app's address."
HOST_UNKNOWN = (
    "The app is not known by the host name in this request; if it is yours, add it to the variable ALLOWED_HOSTS."
)
ORIGIN_FOREIGN = (
    "Pages of other sites may not use this app; if the page is yours, add its host name to the variable ALLOWED_HOSTS."
)
HTTP_BAD = "This is not HTTP; check what the client sends."
DISCONNECTED = "The connection was closed before the request was complete."
