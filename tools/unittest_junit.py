#!/usr/bin/env python3
"""Runs one unittest file and writes a JUnit file that tools/count_tests.py reads. Standard library only.

usage: unittest_junit.py RESULT.xml TEST.py
"""
import importlib.util
import os
import sys
import unittest
import xml.etree.ElementTree as ET


class Recorder(unittest.TextTestResult):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = []

    def _record(self, test, kind=None, text=""):
        self.cases.append((test.id(), kind, text))

    def addSuccess(self, test):
        super().addSuccess(test)
        self._record(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._record(test, "failure", self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self._record(test, "error", self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._record(test, "skipped", reason)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._record(subtest, "failure", self._exc_info_to_string(err, test))


def main(result_file, test_file):
    sys.path.insert(0, os.path.dirname(os.path.abspath(test_file)))
    spec = importlib.util.spec_from_file_location("suite", test_file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["suite"] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(resultclass=Recorder, verbosity=2, warnings="ignore").run(suite)
    root = ET.Element("testsuite", name=os.path.basename(test_file))
    for name, kind, text in result.cases:
        case = ET.SubElement(root, "testcase", name=name)
        if kind:
            ET.SubElement(case, kind, message=text[:200]).text = text
    os.makedirs(os.path.dirname(result_file), exist_ok=True)
    ET.ElementTree(root).write(result_file)
    return 0 if result.wasSuccessful() and result.cases else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
