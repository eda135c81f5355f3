using ProbNet.Graph;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// Locations, and values that the model learns as points, start at a point of highest posterior density, found first by the same steps with the guide <c>delta</c>. Families whose
/// parameters have no location for a site start that site as they do otherwise.
/// </summary>
/// <remarks>Source: Bishop, Pattern recognition and machine learning (2006), sec. 1.2.5; for networks, Ritter, Botev, Barber, A scalable Laplace approximation for neural networks, ICLR 2018, sec. 3.</remarks>
public sealed record MapStart : Start
{
    /// <summary>The number of epochs if neither <see cref="Epochs"/> nor <see cref="Steps"/> is given.</summary>
    public const int DefaultEpochs = 50;

    /// <summary>Epochs of the search; excludes <see cref="Steps"/>.</summary>
    public int? Epochs { get; init; }

    /// <summary>Steps of the search; excludes <see cref="Epochs"/>.</summary>
    public int? Steps { get; init; }

    /// <summary>The optimiser of the search.</summary>
    public Optimizer Optimizer { get; init; } = new Adam { Rate = 0.01 };

    /// <inheritdoc/>
    public override string Name => "map";

    /// <inheritdoc/>
    public override string Doc => "a point of highest posterior density, found first";

    /// <inheritdoc/>
    public override string Source => "Bishop, Pattern recognition and machine learning (2006), sec. 1.2.5";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
    [
        Option.OptionalInteger<MapStart>("epochs", $"passes over the data; {DefaultEpochs} if steps are not given either", 1, s => s.Epochs, (s, v) => s with { Epochs = v }),
        Option.OptionalInteger<MapStart>("steps", "gradient steps, instead of epochs", 1, s => s.Steps, (s, v) => s with { Steps = v }),
        Option.Choice<MapStart, Optimizer>("optimizer", "how the point follows gradients", OptimizerRegistry.Optimizers, s => s.Optimizer, (s, v) => s with { Optimizer = v }),
    ];

    internal override Found Find(FitRequest request, TrainingOptions training)
    {
        // The history that is reported is that of the fit itself; the search follows every epoch to its end.
        var search = new Map { Training = new() { Optimizer = Optimizer, Epochs = Epochs ?? (Steps is null ? DefaultEpochs : null), Steps = Steps, Batch = training.Batch, Clip = training.Clip } };
        var outcome = search.Fit(request.In("start") with { Validation = null, Progress = null });
        if (outcome is not FitOutcome.Fitted { Result: { Stop: not StopReason.Cancelled } result }) return new Found.Not(outcome);
        var guide = result.Posterior.Guide;
        var places = new Dictionary<string, HostTensor>();
        foreach (var site in guide.Parts.SelectMany(p => p.Sites)) places[site.Name] = result.Posterior.Parameters[site.Name + ".loc"];
        foreach (var learned in guide.Learned) places[learned.Name] = result.Posterior.Parameters[learned.Name];
        return new Found.At(places);
    }
}
