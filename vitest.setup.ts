import fc from 'fast-check';

// One seed for all: a failure is found again by the same run. FAST_CHECK_SEED tries other values.
fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 20_260_101) });
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
