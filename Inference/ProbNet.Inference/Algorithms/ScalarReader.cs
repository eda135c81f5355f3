using ProbNet.Graph;

namespace ProbNet.Inference.Algorithms;

/// <summary>Reads a few numbers of an output, of any element type, without allocating.</summary>
internal sealed class ScalarReader(DType type, int count)
{
    private readonly HostTensor _buffer = HostTensor.Zeros(type, [count]);

    /// <summary>A number read last; truth values are 0 or 1.</summary>
    public double this[int index] => _buffer[index];

    /// <summary>Reads the output.</summary>
    public void Read(IExecutable executable, int output)
    {
        switch (_buffer.Data)
        {
            case float[] f: executable.Read<float>(output, f); break;
            case double[] d: executable.Read<double>(output, d); break;
            case bool[] b: executable.Read<bool>(output, b); break;
        }
    }
}
