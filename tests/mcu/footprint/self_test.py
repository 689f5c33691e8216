# SPDX-License-Identifier: MIT
"""What tools/footprint finds wrong is wrong, and only that: small programs whose stack is known, and figures that grew."""
import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import figures  # noqa: E402
import images   # noqa: E402
import runs     # noqa: E402
import stack    # noqa: E402

TABLE = """
struct type { int (*call)(int); int (*other)(int); };
static int leaf(int n) { int volatile a[10]; a[n] = n; return a[n]; }
static int small(int n) { return n + 1; }
static const struct type type = { .call = leaf, .other = small };
const struct type *const volatile chosen = &type;
"""


class Program:
    """A program of one file, as stack.Graph looks at an image."""
    target = "cortex-m0plus"

    def __init__(self, directory, text):
        self.core, self.map = self, os.path.join(directory, "a.map")
        source, self.elf = os.path.join(directory, "a.c"), os.path.join(directory, "a.elf")
        images.write(source, text)
        flags = ["-mcpu=cortex-m0plus", "-mthumb", "-Os", "-ffreestanding", "-ffunction-sections", "-fdata-sections"]
        images.run("arm-none-eabi-gcc", *flags, "-fcallgraph-info=su", "-c", source, "-o", source[:-2] + ".o")
        images.run("arm-none-eabi-gcc", *flags, "-nostdlib", "-Wl,-e,start,--gc-sections,-Map=" + self.map,
                   source[:-2] + ".o", "-lgcc", "-o", self.elf)
        self.sections = images.Image.read_map(self)

    def tool(self, name, *arguments):
        return images.run("arm-none-eabi-" + name, *arguments)


class Stack(unittest.TestCase):
    def deepest(self, text):
        with tempfile.TemporaryDirectory() as directory:
            return stack.Graph(Program(directory, text)).deepest("start")

    def test_a_call_through_a_pointer_reaches_what_its_member_names(self):
        bytes_, way = self.deepest(TABLE + "int start(int n) { return chosen->call(n) + 1; }")
        self.assertEqual([f.name for f in way], ["start", "leaf"])
        self.assertGreaterEqual(bytes_, 8 + 40)
        bytes_, way = self.deepest(TABLE + "int start(int n) { return chosen->other(n) + 1; }")
        self.assertEqual([f.name for f in way], ["start", "small"])
        self.assertLess(bytes_, 40)

    def test_a_pointer_that_nothing_names_may_be_any_function_whose_address_is_held(self):
        _, way = self.deepest("""
            static int leaf(int n) { int volatile a[10]; a[n] = n; return a[n]; }
            struct user { int (*report)(int); };
            int (*volatile hook)(int);
            int start(struct user *u) { hook = leaf; return u->report(1) + 1; }""")
        self.assertEqual([f.name for f in way], ["start", "leaf"])

    def test_recursion_is_a_fault_also_through_a_pointer(self):
        with self.assertRaisesRegex(stack.Fault, "recursion: .*start"):
            self.deepest("struct t { int (*call)(int); }; int start(int n); static const struct t t = { .call = start };"
                         "const struct t *const volatile at = &t; int start(int n) { return at->call(n) + 1; }")

    def test_recursion_is_a_fault_where_a_function_calls_itself(self):
        with self.assertRaisesRegex(stack.Fault, "recursion: start -> start"):
            self.deepest("int start(int n) { int volatile a[4]; a[0] = n; return n ? start(n - 1) + a[0] : 0; }")

    def test_a_loop_back_to_the_beginning_is_no_recursion(self):
        self.deepest("void start(int volatile *p) { for (;;) *p = 1; }")

    def test_a_frame_of_variable_size_is_a_fault(self):
        with self.assertRaisesRegex(stack.Fault, "start: its frame is dynamic"):
            self.deepest("void use(char volatile *p) { *p = 1; }"
                         "int start(int n) { char volatile a[n]; use(a); return a[0]; }")

    def test_code_of_no_compiler_counts_what_it_pushes(self):
        bytes_, way = self.deepest("unsigned long long start(unsigned long long a, unsigned long long b)"
                                   "{ return a / b + 1; }")
        self.assertIn("__udivmoddi4", [f.name for f in way])
        self.assertGreater(bytes_, 48)


class LeftOut(unittest.TestCase):
    """A build of the core without keys; WEIR is the program."""

    def status(self, stage):
        with tempfile.TemporaryDirectory() as out:
            machine = figures.Machine("cortex-m0plus", out, os.path.abspath(os.environ["WEIR"]), None)
            figures.STAGES["tried"] = (stage, (1,))
            compiled = machine.chain("tried", 1, 1)
            core = images.Core("cortex-m0plus", out, compiled.features - {"WEIR_WITH_KEYS"})
            image = images.Image(core, compiled)
            return subprocess.run(runs.qemu(image), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    @unittest.skipUnless("WEIR" in os.environ, "there is no WEIR")
    def test_a_plan_that_needs_keys_is_refused_and_one_that_does_not_runs(self):
        self.assertEqual(self.status({"throttle": "1ns"}), 0)
        self.assertEqual(self.status({"throttle": {"period": "1ns", "key": "v", "max_keys": 4}}), 1)
        emit = {"n": "count()"}
        self.assertEqual(self.status({"window": {"tumbling": "1ms", "key": "v", "max_keys": 4, "emit": emit}}), 1)


class Figures(unittest.TestCase):
    def compared(self, old, new):
        with contextlib.redirect_stdout(io.StringIO()) as told:
            return self.tool["compare"](old, new), told.getvalue()

    def setUp(self):
        text = images.read("tools/footprint")
        text = re.sub(r"\nsys\.exit\(main\(\)\)\n$", "\n", text)
        self.tool = {"__file__": os.path.join(images.TOP, "tools/footprint"), "__name__": "footprint"}
        exec(compile(text, "tools/footprint", "exec"), self.tool)

    def test_more_than_two_percent_is_growth(self):
        key = ("m", "text", "core")
        self.assertEqual(self.compared({key: 1000}, {key: 1020})[0], 0)
        bad, told = self.compared({key: 1000}, {key: 1021})
        self.assertEqual(bad, 1)
        self.assertIn("m / text / core: has grown from 1000 to 1021", told)

    def test_less_is_told_and_no_fault(self):
        key = ("m", "text", "core")
        bad, told = self.compared({key: 1000}, {key: 900})
        self.assertEqual(bad, 0)
        self.assertIn("has shrunk", told)

    def test_a_figure_that_is_not_kept_is_a_fault_and_so_is_one_that_is_gone(self):
        self.assertEqual(self.compared({}, {("m", "text", "new"): 1})[0], 1)
        self.assertEqual(self.compared({("m", "text", "old"): 1}, {})[0], 1)


unittest.main()
