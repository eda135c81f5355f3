using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>One of the forms of scripts.</summary>
internal delegate EmittedScript Emitter(TensorGraph graph, EqArray<Carry> carries);

/// <summary>Runs scripts on libtorch, plain ones unless another form is named.</summary>
internal sealed class TorchRun : IDisposable
{
    private readonly TensorGraph _graph;
    private readonly EqArray<Carry> _carries;
    private readonly EmittedScript _script;
    private readonly ITorchTensor[] _inputs, _constants;
    private readonly ITorchScript _compiled;
    private readonly ITorchStep _step;

    private TorchRun(TensorGraph graph, EqArray<Carry> carries, Emitter emit)
    {
        var runtime = TorchTestRuntime.Runtime;
        (_graph, _carries, _script) = (graph, carries, emit(graph, carries));
        try
        {
            _compiled = runtime.Compile(_script.Text);
        }
        catch (TorchException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{_script.Text}", e);
        }
        _inputs = [.. graph.Inputs.Select(x => runtime.Create(TorchDevice.Cpu, x.DType, x.Shape))];
        _constants = [.. _script.Constants.Select(c => Made(runtime, c))];
        _step = runtime.Bind(_compiled, EmittedScript.Function, _inputs, _constants);
    }

    /// <summary>All outputs of one run.</summary>
    public static HostTensor[] Evaluate(TensorGraph graph, IReadOnlyList<HostTensor> inputs, Emitter? emit = null)
    {
        using var run = Start(graph, inputs, [], emit);
        return run.Next();
    }

    /// <summary>A graph with state fed back, ready for <see cref="Next"/>.</summary>
    public static TorchRun Start(TensorGraph graph, IReadOnlyList<HostTensor> inputs, EqArray<Carry> carries, Emitter? emit = null)
    {
        var run = new TorchRun(graph, carries, emit ?? PlainEmitter.Emit);
        for (var i = 0; i < inputs.Count; i++) run._inputs[i].Write(inputs[i]);
        return run;
    }

    /// <summary>Runs once: the outputs, those carried as the inputs hold them then.</summary>
    public HostTensor[] Next()
    {
        try
        {
            _step.Run();
        }
        catch (TorchException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{_script.Text}", e);
        }
        var results = new HostTensor[_graph.Outputs.Length];
        for (var i = 0; i < _script.Returned.Count; i++) results[_script.Returned[i]] = Output(i, _graph.Outputs[_script.Returned[i]].Value);
        foreach (var carry in _carries) results[carry.Output] = Input(carry.Input);
        return results;
    }

    /// <summary>The current value of an input.</summary>
    public HostTensor Input(int input)
    {
        var value = HostTensor.Zeros(_graph.Inputs[input].DType, _graph.Inputs[input].Shape);
        switch (value.Data)
        {
            case float[] f: _inputs[input].Read<float>(f); break;
            case double[] d: _inputs[input].Read<double>(d); break;
            case long[] l: _inputs[input].Read<long>(l); break;
            case bool[] b: _inputs[input].Read<bool>(b); break;
        }
        return value;
    }

    public void Dispose()
    {
        _step.Dispose();
        _compiled.Dispose();
        foreach (var tensor in _inputs.Concat(_constants)) tensor.Dispose();
    }

    private HostTensor Output(int index, Tensor node)
    {
        var value = HostTensor.Zeros(node.DType, node.Shape);
        switch (value.Data)
        {
            case float[] f: _step.Read<float>(index, f); break;
            case double[] d: _step.Read<double>(index, d); break;
            case long[] l: _step.Read<long>(index, l); break;
            case bool[] b: _step.Read<bool>(index, b); break;
        }
        return value;
    }

    private static ITorchTensor Made(ITorchRuntime runtime, HostTensor value)
    {
        var tensor = runtime.Create(TorchDevice.Cpu, value.DType, value.Shape);
        tensor.Write(value);
        return tensor;
    }
}
