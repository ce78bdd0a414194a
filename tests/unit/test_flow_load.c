/* The loader of flows: one small broken flow for each fault, and what its author is told. */
#include "flows.h"

typedef struct Row {
  const char *flow;  /* f.yaml */
  const char *other; /* g.yaml, or NULL */
  const char *faults;
} Row;

#define ASK "  rcpt: {ask: Which?, as: email, next: "
#define F "f.yaml:"

/* --- the head --- */

static const Row head_rows[] = {
    {HEAD("f") END, NULL, ""},
    {"", NULL, F "1:1: error: The file is empty: it needs at least one \"key: value\""},
    {"- a\n", NULL, F "1:1: error: A flow is a map: \"format: 1\", \"id: ..\", \"title: ..\", then \"steps:\""},
    {"id: f\ntitle: T\nsteps:\n" END, NULL, F "1:1: error: \"format\" is missing here"},
    {"format: 2\nid: f\ntitle: T\nsteps:\n" END, NULL,
     F "1:9: error: This program reads format 1 only: a newer version of it is needed"},
    {"format: one\nid: f\ntitle: T\nsteps:\n" END, NULL, F "1:9: error: The format is a number: write \"format: 1\""},
    {"format: 1\ntitle: T\nsteps:\n" END, NULL, F "1:1: error: \"id\" is missing here"},
    {HEAD("h") END, NULL,
     F "2:5: error: The id \"h\" and the name of the file differ: write \"id: f\", or call the file h.yaml"},
    {HEAD("a b") END, NULL, F "2:5: error: \"a b\" is no id: use letters, digits, _ and -, at most 60"},
    {"format: 1\nid: f\nsteps:\n" END, NULL, F "1:1: error: \"title\" is missing here"},
    {"format: 1\nid: f\ntitle: \"{bounce.to}\"\nsteps:\n" END, NULL,
     F "3:8: error: The title of a flow stands in the menu, where {bounce.to} is not known yet: leave it out"},
    {"format: 1\nid: f\ntitle: T\n", NULL, F "1:1: error: \"steps\" is missing here"},
    {"format: 1\nid: f\ntitle: T\nsteps: {}\n", NULL,
     F "4:8: error: The steps are a map of 1 to 500 steps: \"NAME:\" for each"},
    {"format: 1\nid: f\ntitle: T\nsteps: [a]\n", NULL,
     F "4:8: error: The steps are a map of 1 to 500 steps: \"NAME:\" for each"},
    {"titel: x\n" HEAD("f") END, NULL, F "1:1: error: \"titel\" is not known here: did you mean \"title\"?"},
    {"lang: english\n" HEAD("f") END, NULL,
     F "1:7: error: \"english\" is no language: write two letters such as en or ja"},
    {"reviewed: yesterday\n" HEAD("f") END, NULL,
     F "1:11: error: \"yesterday\" is no date: write year, month and day as 2026-11-21"},
    {"menu: first\n" HEAD("f") END, NULL,
     F "1:7: error: The place in the menu is a number from 1 to 99; leave \"menu\" out for a sub-flow"},
    {"sources: [a, [b]]\n" HEAD("f") END, NULL, F "1:14: error: Here must be a text"},
    {"matches: [5.1.1]\n" HEAD("f") END, NULL,
     F "1:10: error: What the flow is meant for is written {status: [5.1.2], phrases: [host unknown]}"},
    {"matches: {codes: [5.1.1]}\n" HEAD("f") END, NULL,
     F "1:11: error: \"codes\" is not known here: use one of status, phrases"},
    {"matches: {status: [5.1.2, 5.7.x, 550, 4.x.x], phrases: host unknown}\n" HEAD("f") END, NULL, ""},
    {"matches: {status: [5.1.1, 3.1.1]}\n" HEAD("f") END, NULL,
     F "1:27: error: \"3.1.1\" is no status code: write one such as 5.1.2, 5.7.x or 550"},
    {"matches: {status: 5.1}\n" HEAD("f") END, NULL,
     F "1:19: error: \"5.1\" is no status code: write one such as 5.1.2, 5.7.x or 550"},
    {"matches: {phrases: [no]}\n" HEAD("f") END, NULL,
     F "1:21: error: The phrase \"no\" is too short: it would fit nearly every bounce"},
    {"start: edn\n" HEAD("f") END, NULL, F "1:8: error: There is no step \"edn\": did you mean \"end\"?"},
    {"at_return: a\n" HEAD("f") "  a: {say: S, next: end}\n" END, NULL,
     F "1:12: error: \"a\" is a say step: \"at_return\" needs a finish, or a decide that leads to one"},
};

/* --- steps --- */

static const Row step_rows[] = {
    {HEAD("f") "  a b: {finish: fixed}\n", NULL,
     F "5:3: error: \"a b\" is no name for a step: use letters, digits, _ and -, at most 60"},
    {HEAD("f") "  return: {finish: fixed}\n", NULL,
     F "5:3: error: No step can be called \"return\", which has a meaning of its own: give it another name"},
    {HEAD("f") "  bounce: {finish: fixed}\n", NULL,
     F "5:3: error: No step can be called \"bounce\", which has a meaning of its own: give it another name"},
    {HEAD("f") "  a: text\n", NULL,
     F "5:6: error: A step is a map, indented below its name: a kind such as \"ask: ..\", then \"next: ..\""},
    {HEAD("f") "  a: {title: T}\n", NULL,
     F "5:6: error: This step has no kind: it needs one of say, choose, ask, probe, decide, checklist, use, finish"},
    {HEAD("f") "  a: {chose: Q, next: a}\n", NULL,
     F "5:7: error: \"chose\" is no kind of step: did you mean "
       "\"choose\"?"},
    {HEAD("f") "  a: {say: S, ask: Q, next: end}\n" END, NULL,
     F "5:15: error: A step has one kind, and this one has \"say\" and \"ask\": make two steps of it"},
    {HEAD("f") "  a: {finish: fixed, ask: Q}\n", NULL,
     F "5:22: error: A step has one kind, and this one has \"finish\" and \"ask\": make two steps of it"},
    {HEAD("f") "  a: {finish: fixed, say: S}\n", NULL, ""},
    {HEAD("f") "  a: {say: S, hepl: H, next: end}\n" END, NULL,
     F "5:15: error: \"hepl\" is not known here: did you mean \"help\"?"},
    {HEAD("f") "  a: {say: S, choices: [], next: end}\n" END, NULL,
     F "5:15: error: \"choices\" cannot stand in a say step: leave it out"},
    {HEAD("f") "  a: {finish: fixed, next: a}\n", NULL,
     F "5:22: error: \"next\" cannot stand in a finish step: leave it out"},
    {HEAD("f") "  a: {say: S}\n" END, NULL, F "5:6: error: The step \"a\" leads nowhere: \"next\" is missing"},
    {HEAD("f") "  a: {say: S, next: edn}\n" END, NULL,
     F "5:21: error: There is no step \"edn\": did you mean \"end\"?"},
    {HEAD("f") "  a: {say: S, next: elsewhere}\n" END, NULL, F "5:21: error: There is no step \"elsewhere\""},
    {HEAD("f") "  a: {say: S, next: {go: end}}\n" END, NULL,
     F
     "5:21: error: \"next\" is the name of a step, or a list of branches: one \"- when: ..\" for each, then \"- else: "
     "STEP\""},
    {HEAD("f") "  a: {say: \"\", next: end}\n" END, NULL,
     F "5:12: error: The text is empty: write one, or leave its key out"},
    {HEAD("f") "  a: {say: \"a {b\", next: end}\n" END, NULL,
     F "5:12: error: The brace { at character 3 is never closed: write {name}, or {{ for a brace"},
    {HEAD("f") "  a: {say: {en: A, ja: \"{}\"}, next: end}\n" END, NULL,
     F "5:24: error: The braces {} at character 1 are empty: write {name}"},
    {HEAD("f") "  a: {say: {english: A}, next: end}\n" END, NULL,
     F "5:13: error: \"english\" is no language: write two letters such as en or ja; a text with braces at its "
       "beginning needs quotes"},
    {HEAD("f") "  a: {say: S, title: \"two\\nlines\", next: end}\n" END, NULL,
     F "5:22: error: This text must be one line: write it on the line of its key"},
    /* branches */
    {HEAD("f") "  a: {decide: D, next: [{else: end}, {when: {a: b}, go: end}]}\n" END, NULL,
     F "5:25: error: No branch can follow \"else\": move it to the end of the list\n" F
       "5:38: error: After this branch \"- else: STEP\" is missing: where to go when none of them holds"},
    {HEAD("f") "  a: {decide: D, next: [{when: {bounce.kind: delay}, go: end}]}\n" END, NULL,
     F "5:25: error: After this branch \"- else: STEP\" is missing: where to go when none of them holds"},
    {HEAD("f") "  a: {decide: D, next: [{go: end}, {else: end}]}\n" END, NULL,
     F "5:25: error: \"when\" is missing here"},
    {HEAD("f") "  a: {decide: D, next: [{when: {bounce.kind: delay}}, {else: end}]}\n" END, NULL,
     F "5:25: error: \"go\" is missing here"},
    {HEAD("f") "  a: {decide: D, next: [{when: {bounce.kind: delay}, go: end, else: end}]}\n" END, NULL,
     F "5:25: error: A branch has either \"when\" and \"go\", or \"else\": write {else: STEP}"},
    {HEAD("f") "  a: {decide: D, next: [end]}\n" END, NULL,
     F "5:25: error: A branch is written {when: {fact: value}, go: STEP}, the last one {else: STEP}"},
    {HEAD("f") "  a: {decide: D, next: [{els: end}]}\n" END, NULL,
     F "5:25: error: \"when\" is missing here\n" F
       "5:25: error: After this branch \"- else: STEP\" is missing: where to "
       "go when none of them holds\n" F "5:26: error: \"els\" is not known here: did you mean \"else\"?"},
    {HEAD("f") "  a: {decide: D, next: [{when: {bounce.reply: at least five}, go: end}, {else: end}]}\n" END, NULL,
     F "5:47: error: A whole number must follow \"at least\", not \"five\""},
    {HEAD("f") "  a: {decide: [D], next: end}\n" END, NULL,
     F "5:15: error: Here must be a text for authors: what is decided; the branches go below \"next\""},
    /* choose */
    {HEAD("f") "  a: {choose: Q, next: end}\n" END, NULL, F "5:6: error: \"choices\" is missing here"},
    {HEAD("f") "  a: {choose: Q, choices: [], next: end}\n" END, NULL,
     F "5:27: error: Here must be a list of 1 to 9 choices: one \"- label: ..\" for each"},
    {HEAD("f") "  a: {choose: Q, choices: [yes, {label: I do not know}], next: end}\n" END, NULL,
     F "5:28: error: A choice is written {label: text, value: word, go: STEP}"},
    {HEAD("f") "  a: {choose: Q, choices: [{labl: x}, {label: I do not know}], next: end}\n" END, NULL,
     F "5:28: error: \"label\" is missing here\n" F "5:29: error: \"labl\" is not known here: did you mean \"label\"?"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, go: end}, {label: I do not know}]}\n" END, NULL,
     F "5:49: error: This choice leads nowhere: add \"go: STEP\" to it, or \"next: STEP\" to the question"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x}, {label: y}], next: end}\n" END, NULL,
     F "5:27: error: There is no way on for somebody who does not know: add {label: I do not know, value: unknown, go: "
       "STEP}"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x}, {label: ja, value: unknown}], next: end}\n" END, NULL, ""},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x}, {label: I am not sure.}], next: end}\n" END, NULL, ""},
    {HEAD("f") "  a: {choose: Q, choices: [{label: I am not sure}, {label: I do not know}], next: end}\n" END, NULL,
     F "5:52: error: The choice in line 5 stands for \"I do not know\" already: one is enough"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, value: 2}, {label: I do not know}], next: end}\n" END, NULL,
     F "5:50: error: The choice in line 5 has the value \"2\" too: give one of them another"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, value: known}, {label: I do not know}], next: end}\n" END, NULL,
     F "5:46: error: \"known\" is a word of conditions: give this choice another value"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, value: two words}, {label: I do not know}], next: end}\n" END,
     NULL, F "5:46: error: A value is one word, such as \"yes\" or \"not_mine\""},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, go: end}, {label: I do not know, go: end}], next: end}\n" END,
     NULL, F "5:89: warning: \"next\" is never used here: every choice has its own \"go\""},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, go: edn}, {label: I do not know, go: end}]}\n" END, NULL,
     F "5:43: error: There is no step \"edn\": did you mean \"end\"?"},
    /* ask */
    {HEAD("f") "  a: {ask: Q, as: emial, next: end}\n" END, NULL,
     F "5:19: error: \"emial\" is not known for as: did you mean \"email\"?"},
    {HEAD("f") "  a: {ask: Q, as: colour, next: end}\n" END, NULL,
     F
     "5:19: error: \"colour\" is not known for as: use one of text, email, domain, host, ip, number, message, secret"},
    {HEAD("f") "  a: {ask: Q, default: {bounce.to}, next: end}\n" END, NULL,
     F "5:24: error: Here must be a text or a {fact}; a text that begins with a brace needs quotes: \"{fact}\""},
    {HEAD("f") "  a: {ask: Q, default: \"{bounce.to\", next: end}\n" END, NULL,
     F "5:24: error: The brace { at character 1 is never closed: write {name}, or {{ for a brace"},
    /* probe */
    {HEAD("f") "  a: {probe: mxx, with: {domain: example.com}, next: end}\n" END, NULL,
     F "5:14: error: \"mxx\" is not known for probe: did you mean \"mx\"?"},
    {HEAD("f") "  a: {probe: mx, next: end}\n" END, NULL,
     F "5:6: error: The probe mx needs \"domain\": add it to \"with\", for example {domain: \"{STEP}\"}"},
    {HEAD("f") "  a: {probe: mx, with: {domian: example.com}, next: end}\n" END, NULL,
     F "5:24: error: The probe mx needs \"domain\": add it to \"with\", for example {domain: \"{STEP}\"}\n" F
       "5:25: error: The probe mx has no input \"domian\": did you mean \"domain\"?"},
    {HEAD("f") "  a: {probe: mx, with: {domain: [x]}, next: end}\n" END, NULL,
     F "5:33: error: Here must be a text or a {fact}; a text that begins with a brace needs quotes: \"{fact}\""},
    {HEAD("f") "  a: {probe: vantage, with: {domain: x}, next: end}\n" END, NULL,
     F "5:30: error: The probe vantage has no input \"domain\""},
    {HEAD("f") "  a: {probe: vantage, show: nevr, next: end}\n" END, NULL,
     F "5:29: error: \"nevr\" is not known for show: did you mean \"never\"?"},
    {HEAD("f") "  a: {probe: vantage}\n" END, NULL, F "5:6: error: The step \"a\" leads nowhere: \"next\" is missing"},
    /* checklist */
    {HEAD("f") "  a: {checklist: C, next: end}\n" END, NULL,
     F "5:6: error: There is nothing to do in this checklist: add \"items\" or a \"guide\""},
    {HEAD("f") "  a: {checklist: C, items: [], next: end}\n" END, NULL,
     F "5:28: error: Here must be a list of 1 to 30 things to do: one \"- do: ..\" for each"},
    {HEAD("f") "  a: {checklist: C, items: [x], next: end}\n" END, NULL,
     F "5:29: error: A thing to do is written {do: text}"},
    {HEAD("f") "  a: {checklist: C, items: [{to: x}], next: end}\n" END, NULL,
     F "5:29: error: A thing to do is written {do: text}\n" F "5:30: error: \"to\" is not known here: did you mean "
       "\"do\"?"},
    /* use, finish */
    {HEAD("f") "  a: {use: [x], next: end}\n" END, NULL, F "5:12: error: Here must be a text"},
    {HEAD("f") "  a: {finish: done}\n", NULL,
     F "5:15: error: \"done\" is not known for finish: use one of fixed, problem, escalate, unknown"},
    {HEAD("f") "  a: {finish: fixed, cause: c3}\n", NULL,
     F "5:29: error: There is no cause \"c3\" in causes.yaml: did you mean \"c1\"?"},
    {HEAD("f") "  a: {finish: fixed, cause: c2}\n", NULL, ""},
};

/* --- ways --- */

#define RETURNS HEAD("g") "  g1: {say: S, next: return}\n"
#define ENDS HEAD("g") "  g1: {finish: fixed}\n"

static const Row way_rows[] = {
    {HEAD("f") "  a: {say: S, next: end}\n" END "  b: {say: S, next: end}\n", NULL,
     F "7:3: error: No way leads to the step \"b\": name it in a \"go\" or \"next\", or delete it"},
    {"start: b\n" HEAD("f") "  a: {say: S, next: end}\n  b: {say: S, next: a}\n" END, NULL, ""},
    {HEAD("f") "  a: {say: S, next: b}\n  b: {say: S, next: a}\n", NULL,
     F "5:3: error: From the step \"a\" no way leads to a finish\n" F
       "6:3: error: From the step \"b\" no way leads to a finish"},
    /* circles */
    {HEAD("f") "  a: {decide: D, next: [{when: {bounce.kind: delay}, go: b}, {else: end}]}\n  b: {decide: D, next: "
               "a}\n" END,
     NULL, F "5:3: error: This goes round without anything to see or to answer: a > b > a"},
    {HEAD("f") "  a: {decide: D, next: [{when: {bounce.kind: delay}, go: a}, {else: end}]}\n" END, NULL,
     F "5:3: error: This goes round without anything to see or to answer: a > a"},
    {HEAD("f") "  a: {say: S, next: b}\n  b: {probe: vantage, show: never, next: c}\n"
               "  c: {decide: D, next: [{when: {b.status: ok}, go: b}, {else: end}]}\n" END,
     NULL, F "6:3: error: This goes round without anything to see or to answer: b > c > b"},
    {HEAD("f") "  b: {probe: vantage, next: c}\n  c: {decide: D, next: [{when: {b.status: ok}, go: b}, {else: "
               "end}]}\n" END,
     NULL, ""},
    {HEAD("f") "  a: {use: g, next: b}\n  b: {decide: D, next: [{when: {bounce.kind: delay}, go: a}, {else: "
               "end}]}\n" END,
     HEAD("g") "  g1: {decide: D, next: [{when: {bounce.kind: delay}, go: return}, {else: g2}]}\n"
               "  g2: {say: S, next: return}\n",
     F "5:3: error: This goes round without anything to see or to answer: a > b > a"},
    {HEAD("f") "  a: {use: g, next: b}\n  b: {decide: D, next: [{when: {bounce.kind: delay}, go: a}, {else: "
               "end}]}\n" END,
     RETURNS, ""},
    /* sub-flows */
    {HEAD("f") "  a: {use: gg, next: end}\n" END, ENDS, F "5:12: error: There is no flow \"gg\": did you mean \"g\"?"},
    {HEAD("f") "  a: {use: elsewhere, next: end}\n" END, NULL,
     F "5:12: error: There is no flow \"elsewhere\": it would be in a file elsewhere.yaml"},
    {HEAD("f") "  a: {use: g, next: end}\n" END, HEAD("g") "  a: {finish: nothing}\n",
     F "5:12: error: The flow \"g\" cannot be used: it has errors, see there\n"
       "g.yaml:5:15: error: \"nothing\" is not known for finish: use one of fixed, problem, escalate, unknown"},
    {HEAD("f") "  a: {use: g, next: end}\n" END, HEAD("g") "  a: {finish: fixed}\n  b: {finish: fixed}\n",
     F "5:12: error: The flow \"g\" cannot be used: it has errors, see there\n"
       "g.yaml:6:3: error: No way leads to the step \"b\": name it in a \"go\" or \"next\", or delete it"},
    {HEAD("f") "  a: {use: f, next: end}\n" END, NULL, F "5:12: error: This flow would use itself: f > f"},
    {HEAD("f") "  a: {use: g, next: end}\n" END, HEAD("g") "  b: {use: f, next: return}\n",
     F "5:12: error: The flow \"g\" cannot be used: it has errors, see there\n"
       "g.yaml:5:12: error: This flow would use itself: f > g > f"},
    {HEAD("f") "  a: {use: g, next: end}\n" END, RETURNS, ""},
    {HEAD("f") "  a: {use: g}\n", RETURNS, F "5:6: error: The flow \"g\" comes back here: \"next\" is missing"},
    {HEAD("f") "  a: {use: g}\n", ENDS, ""},
    {HEAD("f") "  a: {use: g, next: end}\n" END, ENDS,
     F "5:21: warning: The flow \"g\" never comes back: this \"next\" is not used"},
    /* return */
    {HEAD("f") "  a: {say: S, next: return}\n", NULL, ""},
    {"menu: 1\n" HEAD("f") "  a: {say: S, next: return}\n", NULL,
     F "6:3: error: This comes to \"return\", but a flow of the menu may have no caller: add \"at_return: STEP\" above "
       "\"steps\", the finish to go to then"},
    {"menu: 1\nat_return: end\n" HEAD("f") "  a: {say: S, next: return}\n" END, NULL, ""},
    {"menu: 1\nat_return: end\n" HEAD("f") "  a: {say: S, next: end}\n" END, NULL,
     F "2:12: warning: \"at_return\" is not used: no way through this flow comes to \"return\""},
    {"at_return: b\n" HEAD("f") "  a: {say: S, next: return}\n  b: {decide: D, next: c}\n  c: {say: S, next: return}\n",
     NULL, F "1:12: error: From \"b\" no way leads to a finish: it would only come to \"return\" again"},
};

/* --- facts --- */

static const Row fact_rows[] = {
    {HEAD("f") "  a: {say: \"{bounce.recipent}\", next: end}\n" END, NULL,
     F "5:12: error: There is no fact \"bounce.recipent\": did you mean \"bounce.recipient\"?"},
    {HEAD("f") "  a: {say: \"{nothing}\", next: end}\n" END, NULL,
     F "5:12: error: There is no fact \"nothing\": a fact is bounce.NAME, the name of a step that asks, or STEP.NAME "
       "of a "
       "probe step"},
    {HEAD("f") "  a: {say: {en: x, ja: \"{nothing}\"}, next: end}\n" END, NULL,
     F "5:24: error: There is no fact \"nothing\": a fact is bounce.NAME, the name of a step that asks, or STEP.NAME "
       "of a "
       "probe step"},
    {HEAD("f") "  a: {decide: D, next: [{when: {bounce.kind: dely}, go: end}, {else: end}]}\n" END, NULL,
     F "5:46: error: \"bounce.kind\" is never \"dely\"; did you mean \"delay\"?"},
    /* an answer */
    {HEAD("f") ASK "a}\n  a: {say: \"{rcpt} {rcpt.local} {rcpt.domain}\", next: end}\n" END, NULL, ""},
    {HEAD("f") ASK "a}\n  a: {say: \"{rcpt.domian}\", next: end}\n" END, NULL,
     F "6:12: error: There is no fact \"rcpt.domian\": did you mean \"rcpt.domain\"?"},
    {HEAD("f") "  n: {ask: Q, as: text, next: a}\n  a: {say: \"{n.domain}\", next: end}\n" END, NULL,
     F "6:12: error: There is no fact \"n.domain\": a fact is bounce.NAME, the name of a step that asks, or STEP.NAME "
       "of a "
       "probe step"},
    {HEAD("f") "  n: {ask: Q, as: number, next: [{when: {n: many}, go: end}, {else: end}]}\n" END, NULL,
     F "5:45: error: \"n\" is a number, never \"many\""},
    {HEAD("f") "  m: {ask: Q, as: message, next: [{when: {m: dely}, go: end}, {else: end}]}\n" END, NULL,
     F "5:46: error: \"m\" is never \"dely\"; did you mean \"delay\"?"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, value: yes}, {label: I do not know}], next: b}\n"
               "  b: {decide: D, next: [{when: {a: no}, go: end}, {else: end}]}\n" END,
     NULL, F "6:36: error: \"a\" is never \"no\"; it is one of: yes"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, value: yes}, {label: I do not know}], next: b}\n"
               "  b: {decide: D, next: [{when: {a: 2}, go: end}, {else: end}]}\n" END,
     NULL, F "6:36: error: \"a\" is never \"2\"; it is one of: yes"},
    {HEAD("f") "  a: {choose: Q, choices: [{label: x}, {label: I do not know}], next: b}\n"
               "  b: {decide: D, next: [{when: {a: [1, unknown]}, go: end}, {else: end}]}\n" END,
     NULL, ""},
    {HEAD("f") "  a: {checklist: C, items: [{do: x}], next: b}\n"
               "  b: {decide: D, next: [{when: {a: finished, a.done: at least 1}, go: end}, {else: end}]}\n" END,
     NULL, F "6:36: error: \"a\" is never \"finished\"; it is one of: done, partly, none"},
    /* a probe */
    {HEAD("f") "  p: {probe: vantage, next: [{when: {p.status: ko}, go: end}, {else: end}]}\n" END, NULL,
     F "5:48: error: \"p.status\" is never \"ko\"; did you mean \"ok\"?"},
    {HEAD("f") "  p: {probe: vantage, next: [{when: {p.stauts: ok}, go: end}, {else: end}]}\n" END, NULL,
     F "5:38: error: There is no fact \"p.stauts\": did you mean \"p.status\"?"},
    {HEAD("f") "  p: {probe: vantage, next: [{when: {p.weather: ok}, go: end}, {else: end}]}\n" END, NULL,
     F "5:38: error: The probe vantage gives no fact \"weather\": it gives status, resolver, public"},
    {HEAD("f") "  p: {probe: vantage, next: [{when: {p: known}, go: end}, {else: end}]}\n" END, NULL,
     F "5:38: error: The probe step \"p\" has no answer of its own: name one of its facts, such as p.status"},
    {HEAD("f") "  a: {say: S, next: b}\n  b: {say: \"{a}\", next: end}\n" END, NULL,
     F "6:12: error: The step \"a\" is a say step: it gives no facts"},
    {HEAD("f") "  p: {probe: mx, with: {domain: \"{rcpt.domain}\"}, next: end}\n" END, NULL,
     F "5:33: error: There is no fact \"rcpt.domain\": a fact is bounce.NAME, the name of a step that asks, or "
       "STEP.NAME of "
       "a probe step"},
    /* too early */
    {HEAD("f") "  a: {say: \"{rcpt}\", next: rcpt}\n" ASK "end}\n" END, NULL,
     F "5:12: warning: \"rcpt\" is never known here: no way leads over its step before this place"},
    {HEAD("f") "  rcpt: {ask: \"Not {rcpt}?\", next: end}\n" END, NULL,
     F "5:15: warning: \"rcpt\" is never known here: no way leads over its step before this place"},
    {HEAD("f") "  rcpt: {ask: \"Not {rcpt}?\", next: [{when: {rcpt: x}, go: rcpt}, {else: end}]}\n" END, NULL, ""},
    {HEAD("f") "  p: {probe: vantage, next: [{when: {p.status: ok}, go: end, say: \"{p.resolver}\"}, {else: "
               "end}]}\n" END,
     NULL, ""},
    /* sub-flows and their callers */
    {HEAD("f") "  a: {use: g, next: b}\n  b: {say: \"{q}\", next: end}\n" END,
     HEAD("g") "  q: {ask: Q, next: return}\n", ""},
    {HEAD("f") "  b: {say: \"{q}\", next: a}\n  a: {use: g, next: end}\n" END,
     HEAD("g") "  q: {ask: Q, next: return}\n",
     F "5:12: warning: \"q\" is never known here: no way leads over its step before this place"},
    {HEAD("f") ASK "a}\n  a: {use: g, next: end}\n" END, HEAD("g") "  s: {say: \"{rcpt.domain}\", next: return}\n", ""},
    {HEAD("f") "  a: {use: g, next: rcpt}\n" ASK "end}\n" END,
     HEAD("g") "  s: {say: \"{rcpt.domain}\", next: return}\n",
     F "5:12: warning: The flow \"g\" needs the fact \"rcpt.domain\", which is never known here"},
    {HEAD("f") ASK "a}\n  a: {use: g, next: end}\n" END, HEAD("g") "  s: {say: \"{rcpt.domian}\", next: return}\n",
     F "6:12: error: The flow \"g\" cannot be used: it has errors, see there\n"
       "g.yaml:5:12: error: There is no fact \"rcpt.domian\": a fact is bounce.NAME, the name of a step that asks, or "
       "STEP.NAME of a probe step"},
    {HEAD("f") ASK "a}\n  a: {use: g, next: end}\n" END,
     "menu: 1\nat_return: z\n" HEAD("g") "  s: {say: \"{rcpt}\", next: return}\n  z: {finish: fixed}\n",
     F
     "6:12: error: The flow \"g\" cannot be used: it has errors, see there\n"
     "g.yaml:7:12: error: There is no fact \"rcpt\": a fact is bounce.NAME, the name of a step that asks, or STEP.NAME "
     "of a probe step"},
    /* one name in both */
    {HEAD("f") ASK "a}\n  a: {use: g, next: end}\n" END,
     HEAD("g") "  d: {decide: D, next: [{when: {rcpt: known}, go: return}, {else: rcpt}]}\n" ASK "return}\n", ""},
    {HEAD("f") "  rcpt: {ask: Q, as: text, next: a}\n  a: {use: g, next: end}\n" END, HEAD("g") ASK "return}\n",
     F "5:3: error: The flow \"g\", which is used here, has a step \"rcpt\" too (line 5), and it is another question: "
       "give "
       "one of them another name"},
    {HEAD("f") "  q: {choose: Q, choices: [{label: x, value: yes}, {label: I do not know}], next: a}\n"
               "  a: {use: g, next: end}\n" END,
     HEAD("g") "  q: {choose: Q, choices: [{label: x, value: no}, {label: I do not know}], next: return}\n",
     F
     "5:3: error: The flow \"g\", which is used here, has a step \"q\" too (line 5), and it is another question: give "
     "one of them another name"},
    {HEAD("f") "  q: {say: Q, next: a}\n  a: {use: g, next: end}\n" END, HEAD("g") "  q: {ask: Q, next: return}\n", ""},
    /* guides */
    {HEAD("f") "  a: {checklist: C, guide: g1, next: end}\n" END, NULL, ""},
    {HEAD("f") "  a: {checklist: C, guide: g3, next: end}\n" END, NULL,
     F "5:28: error: There is no guide \"g3\" in guides.yaml"},
    {HEAD("f") ASK "a}\n  a: {checklist: C, guide: \"{rcpt}\", next: end}\n" END, NULL,
     F "6:28: error: A guide is found by the answer of one choose step, such as \"{program}\""},
    {HEAD("f") "  q: {choose: Q, choices: [{label: x, value: 1}, {label: y, value: 2}, {label: I do not know, go: "
               "end}], "
               "next: a}\n  a: {checklist: C, guide: \"g{q}\", next: end}\n" END,
     NULL, ""},
    {HEAD("f") "  q: {choose: Q, choices: [{label: x, value: 1}, {label: y, value: 5}, {label: I do not know, go: "
               "end}], next: a}\n"
               "  a: {checklist: C, guide: \"g{q}\", next: end}\n" END,
     NULL, F "6:28: error: There is no guide \"g5\" in guides.yaml, for the choice \"5\" in line 5"},
    {HEAD("f") "  q: {choose: Q, choices: [{label: x}, {label: y, value: 5, go: end}, {label: I do not know, go: "
               "end}], next: "
               "a}\n  a: {checklist: C, guide: \"g{q}\", next: end}\n" END,
     NULL, ""},
    {HEAD("f") "  q: {choose: Q, choices: [{label: x}, {label: I do not know}], next: a}\n"
               "  a: {checklist: C, guide: \"g{q}\", next: end}\n" END,
     NULL,
     F "6:28: warning: Somebody who chose \"I do not know\" (line 5) comes here and finds nothing to do: add "
       "\"items\""},
    {HEAD("f") "  q: {choose: Q, choices: [{label: x}, {label: I do not know, go: look}], next: a}\n"
               "  look: {say: S, next: q}\n  a: {checklist: C, guide: \"g{q}\", next: end}\n" END,
     NULL, ""},
    {HEAD("f") "  q: {choose: Q, choices: [{label: x}, {label: I do not know}], next: a}\n"
               "  a: {checklist: C, guide: \"g{q}\", items: [{do: x}], next: end}\n" END,
     NULL, ""},
};

static void check_rows(const Row *rows, guint length) {
  for (guint i = 0; i < length; i++) {
    g_autoptr(Folder) folder = folder_new();
    folder_write(folder, "f.yaml", rows[i].flow);
    if (rows[i].other != NULL)
      folder_write(folder, "g.yaml", rows[i].other);
    g_autoptr(Diags) diags = diags_new(), loading = diags_new();
    flows_lint(folder->dir, NULL, diags);
    g_autofree char *text = diags_text(diags);
    if (!g_str_equal(text, rows[i].faults)) {
      g_test_message("flow:\n%s%sexpected:\n%s\nfound:\n%s", rows[i].flow, rows[i].other != NULL ? rows[i].other : "",
                     rows[i].faults, text);
      g_test_fail();
    }
    g_autoptr(Flows) flows = flows_load(folder->dir, NULL, loading);
    g_assert_cmpint(flows_find(flows, "f") != NULL, ==, diags_count(loading, DIAG_ERROR) == 0);
    /* Only what causes.yaml and guides.yaml hold is left to the linter. */
    gboolean knowledge = strstr(text, "causes.yaml") != NULL || strstr(text, "guides.yaml") != NULL;
    g_assert_cmpuint(diags_count(loading, DIAG_ERROR), ==, knowledge ? 0 : diags_count(diags, DIAG_ERROR));
  }
}

static void test_head(void) {
  check_rows(head_rows, G_N_ELEMENTS(head_rows));
}
static void test_steps(void) {
  check_rows(step_rows, G_N_ELEMENTS(step_rows));
}
static void test_ways(void) {
  check_rows(way_rows, G_N_ELEMENTS(way_rows));
}
static void test_facts(void) {
  check_rows(fact_rows, G_N_ELEMENTS(fact_rows));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/flow/head", test_head);
  g_test_add_func("/flow/steps", test_steps);
  g_test_add_func("/flow/ways", test_ways);
  g_test_add_func("/flow/facts", test_facts);
  return g_test_run();
}
