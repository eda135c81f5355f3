using System.Security.Cryptography;
using System.Text;
using ProbNet.Inference.Data;

namespace ProbNet.Inference.Workflow;

/// <summary>A digest of training rows, by which a file is known to hold the rows that a run was fitted to.</summary>
internal static class TrainingDigest
{
    /// <summary>SHA-256, in lower-case hexadecimal, of the names, shapes and values of the rows, in order of the names.</summary>
    public static string Of(DataRows rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in rows.Data.Values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {value.Shape}\n"));
            var bytes = new byte[sizeof(double)];
            foreach (var number in value.Data as double[] ?? value.ToDoubles())
            {
                System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
                hash.AppendData(bytes);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
