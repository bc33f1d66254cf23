/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The server side of one vfio-user connection.
 */
#ifndef HSW_VFIO_USER_H
#define HSW_VFIO_USER_H

#include "types.h"

/*
 * Answers the client on the connected socket until it leaves or breaks the
 * protocol, in which case one line says how. Does not close sock. 0: it left
 * between two messages; -EPROTO: it broke the protocol; or what the socket
 * says, -ENOMEM.
 *
 * Another thread, or a signal handler, ends it with shutdown(sock, SHUT_RDWR).
 */
int vfio_user_serve(struct hsw *hsw, int sock);

#endif
