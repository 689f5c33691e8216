/* SPDX-License-Identifier: MIT */
/*
 * count.c -- a plugin for QEMU: how many instructions were run between two functions of the guest.
 *
 *	qemu-system-arm ... -plugin count.so,begin=0x120,end=0x124,out=FILE
 *
 * Each time `begin` and then `end` were reached, FILE gets a line: what ran from the first instruction of the one to
 * the first of the other. Exact, and the same in every run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin.h"

static uint64_t begin_at, end_at; /* addresses */
static uint64_t ran, ran_before;
static FILE *out;

static void begins(unsigned vcpu, void *arg)
{
	(void)vcpu;
	(void)arg;
	ran_before = ran;
}

static void ends(unsigned vcpu, void *arg)
{
	(void)vcpu;
	(void)arg;
	(void)fprintf(out, "%llu\n", (unsigned long long)(ran - ran_before));
}

/* In the order of registration: what an instruction tells is told before it is counted itself. */
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t at = qemu_plugin_insn_vaddr(insn);

		if (at == begin_at)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, begins, QEMU_PLUGIN_CB_NO_REGS, NULL);
		if (at == end_at)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, ends, QEMU_PLUGIN_CB_NO_REGS, NULL);
		qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &ran, 1);
	}
}

static void exits(qemu_plugin_id_t id, void *arg)
{
	(void)id;
	(void)arg;
	(void)fclose(out);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

QEMU_PLUGIN_EXPORT int qemu_plugin_install(
	qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "begin=", 6) == 0)
			begin_at = strtoull(argv[i] + 6, NULL, 0);
		else if (strncmp(argv[i], "end=", 4) == 0)
			end_at = strtoull(argv[i] + 4, NULL, 0);
		else if (strncmp(argv[i], "out=", 4) == 0)
			out = fopen(argv[i] + 4, "w");
		else
			return -1;
	}
	if (out == NULL)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, exits, NULL);
	return 0;
}
