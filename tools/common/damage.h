/*
 * Damage in save files, reported alike by all programs.
 */
#ifndef COMMON_DAMAGE_H
#define COMMON_DAMAGE_H

#include "file/savefile.h"

/* Report that a part of the file could not be read. */
void	damage_report(const char *path, const struct savefile_damage *);

#endif
