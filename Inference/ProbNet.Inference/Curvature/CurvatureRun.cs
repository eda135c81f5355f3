using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Curvature;

/// <summary>A compiled expression over a <see cref="CurvatureGraph"/>, with the point and the data written by name. Owns its executable.</summary>
internal sealed class CurvatureRun : IDisposable
{
    private readonly TensorGraph _graph;
    private readonly IExecutable _executable;

    private CurvatureRun(TensorGraph graph, IExecutable executable) => (_graph, _executable) = (graph, executable);

    /// <summary>Compiles the outputs; inputs are what they use.</summary>
    public static CurvatureRun Compile(IBackend backend, int threads, IReadOnlyList<(string Name, Tensor Value)> outputs)
    {
        var inputs = Topology.Sort(outputs.Select(o => o.Value)).Where(n => n.Op == OpCode.Input);
        var graph = Pipeline.Optimize(new TensorGraph([.. inputs], outputs));
        return new(graph, backend.Compile(graph, new CompileOptions { Threads = threads }));
    }

    /// <summary>Sets an input, if the outputs use it.</summary>
    public void Write(string name, HostTensor value)
    {
        for (var i = 0; i < _graph.Inputs.Length; i++)
        {
            if (_graph.Inputs[i].InputName() == name) _executable.Write(i, value.Reshape(_graph.Inputs[i].Shape).Convert(_graph.Inputs[i].DType));
        }
    }

    /// <summary>Runs on the current inputs.</summary>
    public void Run() => _executable.Run();

    /// <summary>An output of the last run.</summary>
    public HostTensor Read(int output) => _executable.Read(output, new(_graph.Outputs[output].Value.DType, _graph.Outputs[output].Value.Shape));

    /// <summary>Adds an output of the last run to sums in double precision.</summary>
    public void AddTo(int output, double[] sums)
    {
        switch (Read(output).Data)
        {
            case float[] values: for (var i = 0; i < sums.Length; i++) sums[i] += values[i]; break;
            case double[] values: for (var i = 0; i < sums.Length; i++) sums[i] += values[i]; break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _executable.Dispose();
}

/// <summary>Where curvature is taken: the values of latent sites in unconstrained space, of learned parameters, and the data.</summary>
/// <param name="Model">The model.</param>
/// <param name="Places">Site → unconstrained value.</param>
/// <param name="Learned">Parameter name → value.</param>
/// <param name="Data">The training rows.</param>
/// <param name="Backend">Where to compute.</param>
/// <param name="Threads">Threads to use; 0 means all cores.</param>
internal sealed record CurvaturePoint(
    BoundModel Model, IReadOnlyDictionary<string, HostTensor> Places, IReadOnlyDictionary<string, HostTensor> Learned, DataSet Data, IBackend Backend, int Threads)
{
    /// <summary>Writes the point into a run.</summary>
    public void WriteTo(CurvatureRun run)
    {
        foreach (var (site, value) in Places) run.Write(CurvatureGraph.NameOf(site), value);
        foreach (var (name, value) in Learned) run.Write(name, value);
    }

    /// <summary>Writes the data of some rows into a run; rows after the last are copies of the last.</summary>
    public void WriteRows(CurvatureRun run, CurvatureGraph graph, int first, int rows)
    {
        foreach (var (name, input, perRow) in graph.Data.Values)
        {
            var value = Data.Values[name];
            run.Write(input.InputName(), perRow ? Rows(value, first, rows) : value);
        }
    }

    private static HostTensor Rows(HostTensor value, int first, int rows)
    {
        if (first == 0 && rows == value.Shape[0]) return value;
        var (total, width) = (value.Shape[0], value.Shape[1..].Size);
        var result = HostTensor.Zeros(value.DType, value.Shape.With(0, rows));
        for (var r = 0; r < rows; r++) Array.Copy(value.Data, Math.Min(first + r, total - 1) * width, result.Data, r * width, width);
        return result;
    }
}
