using ProbNet.Inference.Options;

namespace ProbNet.Inference.Optimizers;

/// <summary>The optimisers.</summary>
public static class OptimizerRegistry
{
    /// <summary>All optimisers by name.</summary>
    public static ComponentRegistry<Optimizer> Optimizers { get; } = new("optimiser", new Adam(), new AdamW(), new Sgd(), new RmsProp(), new Ivon(), new Von());
}

/// <summary>The schedules.</summary>
public static class ScheduleRegistry
{
    /// <summary>All schedules by name.</summary>
    public static ComponentRegistry<Schedule> Schedules { get; } =
        new("schedule", new ConstantSchedule(), new CosineSchedule(), new StepSchedule(), new ExponentialSchedule(), new WarmupSchedule(), new CyclicSchedule());
}
