using ProbNet.Graph;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>The options that all methods trained by gradient steps share.</summary>
public sealed record TrainingOptions
{
    /// <summary>The number of epochs if neither <see cref="Epochs"/> nor <see cref="Steps"/> is given.</summary>
    public const int DefaultEpochs = 100;

    /// <summary>The optimiser.</summary>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>The schedule of its step size.</summary>
    public Schedule Schedule { get; init; } = new ConstantSchedule();

    /// <summary>Epochs to train; excludes <see cref="Steps"/>.</summary>
    public int? Epochs { get; init; }

    /// <summary>Steps to train; excludes <see cref="Epochs"/>.</summary>
    public int? Steps { get; init; }

    /// <summary>Rows in a batch; null for all.</summary>
    public int? Batch { get; init; }

    /// <summary>The largest norm of the gradient of all parameters together; null for no limit.</summary>
    public double? Clip { get; init; }

    /// <summary>Epochs without improvement after which training stops; null to train to the end.</summary>
    public int? EarlyStop { get; init; }

    /// <summary>Posterior draws averaged in validation.</summary>
    public int ValidationDraws { get; init; } = 20;

    /// <summary>The number of steps for epochs of <paramref name="stepsPerEpoch"/> steps.</summary>
    public int StepCount(int stepsPerEpoch) => Steps ?? checked((Epochs ?? DefaultEpochs) * stepsPerEpoch);

    /// <summary>Options that contradict each other.</summary>
    internal EqArray<Diagnostic> Conflicts => Epochs is not null && Steps is not null
        ? [new(InferenceCodes.Conflict, $"both epochs = {Epochs} and steps = {Steps} are given", default) { Hint = "give the length of the run once" }]
        : [];

    /// <summary>The options' declarations for an algorithm that has them.</summary>
    internal static EqArray<Option> Declare<T>(Func<T, TrainingOptions> get, Func<T, TrainingOptions, T> set) where T : Component =>
    [
        Option.Choice<T, Optimizer>("optimizer", "how parameters follow gradients", OptimizerRegistry.Optimizers, a => get(a).Optimizer, (a, v) => set(a, get(a) with { Optimizer = v })),
        Option.Choice<T, Schedule>("schedule", "how the step size changes over the run", ScheduleRegistry.Schedules, a => get(a).Schedule, (a, v) => set(a, get(a) with { Schedule = v })),
        Option.OptionalInteger<T>("epochs", $"passes over the data; {DefaultEpochs} if steps are not given either", 1, a => get(a).Epochs, (a, v) => set(a, get(a) with { Epochs = v })),
        Option.OptionalInteger<T>("steps", "gradient steps, instead of epochs", 1, a => get(a).Steps, (a, v) => set(a, get(a) with { Steps = v })),
        Option.OptionalInteger<T>("batch", "rows in a step; all of them if not given", 1, a => get(a).Batch, (a, v) => set(a, get(a) with { Batch = v })),
        Option.OptionalNumber<T>("clip", "largest norm of the gradient (of minus the objective per row) of all parameters together", Interval.Positive, a => get(a).Clip, (a, v) => set(a, get(a) with { Clip = v })),
        Option.OptionalInteger<T>("earlyStop", "epochs without a better validation NLL (without validation rows: a better ELBO) before training stops and goes back to the best", 1,
            a => get(a).EarlyStop, (a, v) => set(a, get(a) with { EarlyStop = v })),
        Option.Integer<T>("validationDraws", "posterior draws averaged in each validation", 1, a => get(a).ValidationDraws, (a, v) => set(a, get(a) with { ValidationDraws = v })),
    ];
}
