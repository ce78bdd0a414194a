/* Signals as a descriptor: the one loop sleeps on it together with everything else.
 *
 * SIGHUP, SIGTERM, SIGINT, SIGCONT and SIGWINCH are only noted by their handler and a byte is written to a pipe. */
#ifndef WB_UI_SIGNALS_H
#define WB_UI_SIGNALS_H

/* Installs the handlers once. SIGPIPE and SIGXFSZ are ignored. */
void signals_catch(void);
/* Readable when a signal came. */
int signals_fd(void);
/* The most important signal since the last call (HUP, TERM, INT, CONT, WINCH), 0: none.  Call until 0. */
int signals_take(void);

#endif
