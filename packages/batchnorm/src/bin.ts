#!/usr/bin/env node
import "@batchnorm/cli/bin";
