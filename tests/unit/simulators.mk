# SPDX-License-Identifier: Apache-2.0
# Unit tests of the simulators' parsers (--enable-simulators).
if SIMULATORS
if HAVE_CMOCKA
SIMULATOR_UNIT_TESTS = \
	tests/unit/test_sim_cbor \
	tests/unit/test_sim_command \
	tests/unit/test_sim_faults \
	tests/unit/test_sim_nsm \
	tests/unit/test_sim_nv_public
check_PROGRAMS += $(SIMULATOR_UNIT_TESTS)
TESTS += $(SIMULATOR_UNIT_TESTS)
endif

tests_unit_test_sim_cbor_SOURCES = tests/unit/test_sim_cbor.c tests/unit/unit.h
tests_unit_test_sim_cbor_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_sim_cbor_LDADD = libnitrotpm-sim.la $(UNIT_LIBS)

tests_unit_test_sim_command_SOURCES = tests/unit/test_sim_command.c tests/unit/unit.h
tests_unit_test_sim_command_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_sim_command_LDADD = libnitrotpm-sim.la $(UNIT_LIBS)

tests_unit_test_sim_faults_SOURCES = tests/unit/test_sim_faults.c tests/unit/unit.h
tests_unit_test_sim_faults_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_sim_faults_LDADD = libnitrotpm-sim.la $(UNIT_LIBS)

tests_unit_test_sim_nsm_SOURCES = tests/unit/test_sim_nsm.c tests/unit/unit.h
tests_unit_test_sim_nsm_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_sim_nsm_LDADD = libnitrotpm-sim.la $(UNIT_LIBS)

tests_unit_test_sim_nv_public_SOURCES = tests/unit/test_sim_nv_public.c tests/unit/unit.h
tests_unit_test_sim_nv_public_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_sim_nv_public_LDADD = libnitrotpm-sim.la $(UNIT_LIBS)
endif
