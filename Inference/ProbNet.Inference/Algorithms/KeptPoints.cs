using ProbNet.Graph;

namespace ProbNet.Inference.Algorithms;

/// <summary>Keeps the parameters after each of some epochs as they are, the last ones if there are more than are wanted.</summary>
/// <param name="collection">When points are collected.</param>
/// <param name="most">The most points kept.</param>
internal sealed class KeptPoints(Collection collection, int most) : ISnapshots
{
    private readonly List<EqArray<HostTensor>> _points = [];

    /// <summary>The points, oldest first.</summary>
    public IReadOnlyList<EqArray<HostTensor>> Points => _points;

    /// <inheritdoc/>
    public bool Wants(int epoch) => collection.Has(epoch);

    /// <inheritdoc/>
    public void Take(int epoch, EqArray<HostTensor> parameters)
    {
        if (_points.Count == most) _points.RemoveAt(0);
        _points.Add(parameters);
    }

    /// <summary>All points of a parameter, on a new leading axis.</summary>
    public HostTensor Stacked(int parameter)
    {
        var one = _points[0][parameter];
        var result = HostTensor.Zeros(one.DType, one.Shape.Prepend(_points.Count));
        for (var k = 0; k < _points.Count; k++) Array.Copy(_points[k][parameter].Data, 0, result.Data, k * one.Shape.Size, one.Shape.Size);
        return result;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, HostTensor> Save() =>
        _points.SelectMany((point, k) => point.Select((value, p) => (Name: $"point.{k}.{p}", value))).ToDictionary(v => v.Name, v => v.value);

    /// <inheritdoc/>
    public void Restore(IReadOnlyDictionary<string, HostTensor> state)
    {
        _points.Clear();
        for (var k = 0; state.ContainsKey($"point.{k}.0"); k++)
        {
            var point = new List<HostTensor>();
            for (var p = 0; state.TryGetValue($"point.{k}.{p}", out var value); p++) point.Add(value);
            _points.Add(point.ToEqArray());
        }
    }
}
