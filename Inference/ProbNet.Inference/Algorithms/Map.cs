using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Memory;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The maximum a posteriori point: <see cref="Vi"/> with the <see cref="DeltaGuide"/>, which maximises log p(x, z) over the constrained values z.
/// </summary>
/// <remarks>Source: Bishop, Pattern recognition and machine learning (2006), sec. 1.2.5.</remarks>
public sealed record Map : Algorithm
{
    /// <summary>Optimiser, length, batches and stopping.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override string Name => "map";

    /// <inheritdoc/>
    public override string Doc => "the point of highest posterior density";

    /// <inheritdoc/>
    public override string Source => "Bishop, Pattern recognition and machine learning (2006), sec. 1.2.5";

    /// <inheritdoc/>
    public override EqArray<Option> Options => TrainingOptions.Declare<Map>(a => a.Training, (a, v) => a with { Training = v });

    /// <inheritdoc/>
    public override FitOutcome Fit(FitRequest request) => AsVi.Fit(request);

    /// <inheritdoc/>
    public override Checked<Explanation> Explain(BoundModel model) => AsVi.Explain(model);

    /// <inheritdoc/>
    public override Checked<MemoryForecast> Forecast(FitRequest request) => AsVi.Forecast(request);

    private Vi AsVi => new() { Guide = [new(new DeltaGuide())], Training = Training };
}
