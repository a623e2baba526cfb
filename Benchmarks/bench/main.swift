// main - the benchmark program.
// SPDX-License-Identifier: Apache-2.0
