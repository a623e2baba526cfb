// KernelsBaseline - placeholder until the first file lands.
// SPDX-License-Identifier: Apache-2.0
