using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// A compiled posterior predictive. Rows and draws are streamed in chunks of fixed size, so memory does not grow with the number of draws, nor with the
/// number of rows but for the results. Every random number belongs to a (seed, site, draw, row), and draws are accumulated one after the other, so the result
/// does not depend on the chunks.
/// </summary>
internal sealed class Predictor : IDisposable
{
    private readonly StagedExecutable _executable;
    private readonly TensorGraph _graph;
    private readonly EqArray<Outcome> _outcomes;
    private readonly EqArray<(string Name, Tensor Input, bool PerRow)> _data;
    private readonly EqArray<string> _likelihoods;
    private readonly string? _withoutDensity;
    private readonly int _parameters, _rowChunk, _drawChunk, _draws;

    private Predictor(
        IBackend backend, TensorGraph graph, EqArray<Outcome> outcomes, EqArray<(string, Tensor, bool)> data, EqArray<string> likelihoods,
        string? withoutDensity, int parameters, int rowChunk, int drawChunk, PredictOptions options)
    {
        _executable = new(backend, graph, "start", new CompileOptions { Threads = options.Threads });
        (_graph, _outcomes, _data, _likelihoods, _withoutDensity) = (graph, outcomes, data, likelihoods, withoutDensity);
        (_parameters, _rowChunk, _drawChunk, _draws) = (parameters, rowChunk, drawChunk, options.Draws);
    }

    /// <summary>Compiles the predictive for data with the arguments and observed values of <paramref name="data"/>.</summary>
    public static Predictor Compile(BoundModel model, GuidePlan guide, IBackend backend, DataSet data, PredictOptions options)
    {
        var all = model.Elaborate(data.Rows);
        options = options with { Draws = PredictiveGraph.Draws(model, guide, all, options.Draws) };
        var (rowChunk, drawChunk) = ChunkSizes.For(model, all, options);
        var predictive = PredictiveGraph.Of(model, guide, data.Values.ContainsKey, rowChunk, options);
        var (graph, scope, given, outcomes) = (predictive.Model, predictive.Scope, predictive.Given, predictive.Outcomes);

        Site[] observed = [.. graph.Sites.Where(model.IsObserved)];
        var names = given.Map(v => v.Name);
        var outputs = outcomes.SelectMany(o => o.Outputs.Select((t, i) => ($"{o.Site.Name}.{i}", t))).ToList();
        // Likelihood terms of whole plates; those of sites that are no plates over rows belong to no row.
        var likelihoods = observed.Where(s => s.PerRow && !Outcome.SpansRows(s) && (s.Kind == SiteKind.Observe || names.Contains(s.Name))).ToEqArray();
        var terms = PredictiveTerms.Of(model, scope, [.. likelihoods]);
        foreach (var (name, value) in terms) outputs.Add(($"{name}.log", value));
        var isGiven = observed.Where(s => s.PerRow).All(s => likelihoods.Contains(s));
        var without = isGiven ? PredictiveTerms.Missing(model, scope, terms) : null;
        var isComplete = isGiven && without is null;
        // Latent values drawn after a look at the row's own outcome are weighted back to their prior, or every row would seem likely (importance sampling).
        EqArray<(string Name, Tensor Value)> weights = isComplete ? [.. scope.LogRatios.Select(a => ($"{a.Site}.weight", a.LogRatio))] : [];
        outputs.AddRange(weights);

        var lifted = predictive.Lift(outputs.Select(o => o.Item2), drawChunk);
        var compiled = Pipeline.Optimize(new TensorGraph([.. predictive.Inputs, .. given.Map(v => v.Input)], outputs.Zip(lifted, (o, l) => (o.Item1, l))));
        return new(backend, compiled, outcomes, given, isComplete ? [.. terms.Map(t => t.Name), .. weights.Map(w => w.Name)] : [], without, predictive.Parameters.Count, rowChunk, drawChunk, options);
    }

    /// <summary>Sets the guide's parameters, in the plan's order.</summary>
    public void Write(EqArray<HostTensor> parameters)
    {
        for (var i = 0; i < _parameters; i++) _executable.Write(i, parameters[i]);
    }

    /// <summary>Predicts all rows of data that has the values the predictor was compiled for.</summary>
    public Predictions Run(DataSet data, long seed)
    {
        _executable.Write(_parameters, HostTensor.Scalar(seed));
        _executable.Write(_parameters + 3, HostTensor.Scalar(data.Rows));
        var gathered = new PredictionBuilder(_outcomes, _likelihoods);
        var buffers = _graph.Outputs.Select(o => HostTensor.Zeros(o.Value.DType, o.Value.Shape)).ToArray();
        HostTensor[] chunks = [.. _data.Select(d => HostTensor.Zeros(d.Input.DType, d.PerRow ? d.Input.Shape : []))];
        for (var first = 0; first < data.Rows; first += _rowChunk)
        {
            _executable.Write(_parameters + 2, HostTensor.Scalar(first));
            WriteRows(data, chunks, first);
            _executable.Prepare();
            gathered.Begin(Math.Min(_rowChunk, data.Rows - first), isFirst: first == 0);
            for (var start = 0; start < _draws; start += _drawChunk)
            {
                _executable.Write(_parameters + 1, HostTensor.Scalar(start));
                _executable.Run();
                for (var i = 0; i < buffers.Length; i++) _executable.Read(i, buffers[i]);
                gathered.Add(buffers, Math.Min(_drawChunk, _draws - start));
            }
            gathered.End();
        }
        return gathered.Finish(data.Rows, _draws) with { WithoutDensity = _withoutDensity };
    }

    /// <inheritdoc/>
    public void Dispose() => _executable.Dispose();

    // The last chunk is filled up with its last row, whose results are dropped.
    private void WriteRows(DataSet data, HostTensor[] chunks, int first)
    {
        for (var i = 0; i < _data.Count; i++)
        {
            var value = data.Values[_data[i].Name];
            if (_data[i].PerRow)
            {
                var width = value.Shape[1..].Size;
                var present = Math.Min(_rowChunk, data.Rows - first);
                Array.Copy(value.Data, first * width, chunks[i].Data, 0, present * width);
                for (var r = present; r < _rowChunk; r++) Array.Copy(value.Data, (data.Rows - 1) * width, chunks[i].Data, r * width, width);
                value = chunks[i];
            }
            _executable.Write(_parameters + 4 + i, value);
        }
    }
}
