// What the computed probabilities say of a part of the recording, at a chosen sensitivity. Nothing here touches the page.
//
// `answer` comes from the server: duration in seconds, labels ({name, display, family, instrument, example}), thresholds
// (one for each label), overall (probability of each label in the whole recording), and segments ({start, end, counts,
// probabilities}), where `counts` is false for what is too quiet to count; resembles ({label, display}) is what else the
// whole may be, where no instrument is heard in it.

const PARTLY = 0.2; // of the time, from which what does not count as heard is heard at times

const logit = (p) => Math.log(p / (1 - p));
const bounded = (p) => Math.min(Math.max(p, 1e-6), 1 - 1e-6);

// Whether a probability counts as heard; `shift` is added to its logit, so 0 is what the thresholds were calibrated for.
const over = (answer, shift) => (p, label) => logit(bounded(p)) + shift >= logit(bounded(answer.thresholds[label]));

const byProbability = (probabilities) => (a, b) => probabilities[b] - probabilities[a];

const sum = (values) => values.reduce((total, value) => total + value, 0);
const overlap = ({ start, end }, from, to) => Math.min(end, to) - Math.max(start, from); // in seconds

// The mean over the segments of a part, weighted by how much of each lies in it.
function meanOver(answer, from, to) {
  const parts = answer.segments.filter((segment) => segment.counts && overlap(segment, from, to) > 0);
  const total = sum(parts.map((part) => overlap(part, from, to)));
  return total ? answer.labels.map((_, label) => sum(parts.map((part) => overlap(part, from, to) * part.probabilities[label])) / total) : null;
}

// {probabilities, detected, partly, top, instrument, resembles}; labels are indices, the most probable first; null where all is silence.
// `exact` has probabilities, detected and resembles of a part, where the server was asked for it.
function read(answer, { from, to, shift, exact }) {
  const whole = from <= 0 && to >= answer.duration;
  const probabilities = exact?.probabilities ?? (whole ? answer.overall : meanOver(answer, from, to));
  if (!probabilities) return null;
  const order = answer.labels.map((_, label) => label).sort(byProbability(probabilities));
  const counted = answer.segments.filter((segment) => segment.counts && overlap(segment, from, to) > 0);
  const loud = over(answer, shift), heardIn = (label) => counted.filter((segment) => loud(segment.probabilities[label], label));
  // What is heard most of the time is heard, as in the library's summary.
  const detected = exact?.detected ?? order.filter((label) => loud(probabilities[label], label) || 2 * heardIn(label).length > counted.length);
  const partly = order.filter((label) => {
    const parts = detected.includes(label) ? [] : heardIn(label);
    return parts.length > 1 && sum(parts.map((part) => overlap(part, from, to))) >= PARTLY * overlap({ start: 0, end: answer.duration }, from, to);
  });
  const top = order.filter((label) => answer.labels[label].instrument).slice(0, 3);
  const instrument = detected.find((label) => answer.labels[label].instrument) ?? null;
  return { probabilities, detected, partly, top, instrument, resembles: exact?.resembles ?? (whole ? answer.resembles : []) };
}

// Neighbouring segments in which the same is heard, as {start, end, detected, probability}.
function stretches(answer, shift) {
  const merged = [];
  for (const { start, end, counts, probabilities } of answer.segments) {
    const detected = probabilities.map((_, label) => label).filter((label) => counts && over(answer, shift)(probabilities[label], label));
    detected.sort(byProbability(probabilities));
    const heard = [detected[0], ...detected.slice(1).sort()].join(), p = detected.length ? probabilities[detected[0]] : 0;
    const last = merged.at(-1);
    if (last?.heard === heard) {
      last.probability = (last.probability * (last.end - last.start) + p * (end - start)) / (end - last.start);
      last.end = end;
    } else merged.push({ start, end, detected, probability: p, heard });
  }
  return merged;
}
